// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/plancheck.h"

#include "tests/manager/networks.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::graphOf;
using Test::provider;
using Test::running;

class PlanCheckTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void event_judgesOnlyTheStepsThatReadIt();
    void random_saysWhatEachStepsProblemIs();

private:
    [[nodiscard]] static NetworkStep step(const NetworkGraph &graph, const QString &qube, const QString &provider)
    {
        return {.qube = qube,
                .before = settingOf(*graph.find(qube)),
                .after = {.kind = NewQube::Network::Provider, .provider = provider}};
    }

    /// As each step alone is judged, in the whole network.
    [[nodiscard]] QHash<QString, QString> reference(const NetworkGraph &graph, const QList<NetworkStep> &plan) const
    {
        QHash<QString, QString> problems;
        for (const NetworkStep &one : plan) {
            if (const QString problem = problemOf(graph, plan, one, m_defaults); !problem.isEmpty()) {
                problems.insert(one.qube, problem);
            }
        }
        return problems;
    }

    const SystemDefaults m_defaults{.templateName = u"debian-13"_s, .netQube = u"sys-firewall"_s};
};

void PlanCheckTest::event_judgesOnlyTheStepsThatReadIt()
{
    constexpr int many = 200;
    constexpr int through = 50;
    NetworkGraph graph = graphOf(Test::network(500));
    for (const QString &name : {u"lone"_s, u"shared"_s}) {
        graph.store(provider(name, u"sys-firewall"_s));
    }
    QList<NetworkStep> plan;
    for (const QString &name : graph.names()) {
        if (name.startsWith(u"project"_s) && plan.size() < many) {
            plan << step(graph, name, plan.size() < through ? u"shared"_s : u"lone"_s);
        }
    }
    PlanCheck check;
    check.begin(graph, plan, m_defaults);
    QCOMPARE(plan.size(), many);
    QVERIFY(check.problems().isEmpty());
    const auto change = [&graph, &check](const QubeInfo &qube) {
        graph.store(qube);
        return check.follow(graph, qube.name);
    };

    // What happens all day: qubes start and stop, the hubs as well.
    QCOMPARE(change(running(*graph.find(u"shared"_s))), 0);
    QubeInfo firewall = *graph.find(u"sys-firewall"_s);
    firewall.state = QubeState::Halted;
    QCOMPARE(change(firewall), 0);
    QubeInfo first = *graph.find(plan.first().qube);
    first.label = u"green"_s;
    QCOMPARE(change(first), 0);
    // A qube that no step is about or leads through.
    QCOMPARE(change(client(u"newcomer"_s, u"sys-firewall"_s)), 0);
    QCOMPARE(change(client(u"newcomer"_s, {})), 0);
    // A step's own qube, a net qube of some of them, and one on the way of all.
    first.netQube = u"sys-net"_s;
    first.netQubeIsDefault = false;
    QCOMPARE(change(first), 1);
    QCOMPARE(check.problems().size(), 1);
    QCOMPARE(change(client(u"shared"_s, u"sys-firewall"_s)), through);
    QCOMPARE(check.problems().size(), through);
    firewall.netQube.clear();
    QCOMPARE(change(firewall), many);
    graph.remove(u"shared"_s);
    QCOMPARE(check.follow(graph, u"shared"_s), through);
    QCOMPARE(check.problems(), reference(graph, plan));
    QCOMPARE(change(provider(u"shared"_s, {})), through); // it is back
    QCOMPARE(check.problems(), reference(graph, plan));
}

void PlanCheckTest::random_saysWhatEachStepsProblemIs()
{
    QRandomGenerator random(78);
    constexpr int names = 14;
    const auto anyName = [&random] {
        return u"q%1"_s.arg(random.bounded(names));
    };
    const auto anyQube = [&random, &anyName](const QString &name) {
        QubeInfo qube = random.bounded(3) == 0 ? client(name, anyName()) : provider(name, anyName());
        qube.netQube = random.bounded(4) == 0 ? QString() : qube.netQube;
        qube.netQubeIsDefault = random.bounded(6) == 0;
        qube.kind = random.bounded(9) == 0 ? QubeKind::Template : qube.kind;
        return random.bounded(2) == 0 ? running(qube) : qube;
    };
    qsizetype seen = 0;
    for (int round = 0; round < 40; ++round) {
        NetworkGraph graph;
        for (int i = 0; i < names; ++i) {
            graph.store(anyQube(u"q%1"_s.arg(i)));
        }
        QList<NetworkStep> plan;
        for (int i = 0; i < names; i += 2) {
            plan << step(graph, u"q%1"_s.arg(i), anyName());
            if (random.bounded(4) == 0) {
                plan.last().after = {.kind = NewQube::Network::Default, .provider = {}};
            }
        }
        PlanCheck check;
        check.begin(graph, plan, m_defaults);
        QCOMPARE(check.problems(), reference(graph, plan));
        for (int i = 0; i < 50; ++i) {
            const QString name = random.bounded(12) == 0 ? m_defaults.netQube : anyName();
            random.bounded(4) == 0 ? void(graph.remove(name)) : void(graph.store(anyQube(name)));
            (void)check.follow(graph, name);
            QCOMPARE(check.problems(), reference(graph, plan));
            seen += check.problems().size();
            const NetworkGraph then = after(graph, plan, m_defaults);
            QCOMPARE(check.then().names(), then.names());
            for (const QString &qube : then.names()) {
                QCOMPARE(*check.then().find(qube), *then.find(qube));
                QCOMPARE(check.then().clientsOf(qube), then.clientsOf(qube));
            }
        }
    }
    QVERIFY(seen > 0);
}

QTEST_GUILESS_MAIN(PlanCheckTest)

#include "planchecktest.moc"
