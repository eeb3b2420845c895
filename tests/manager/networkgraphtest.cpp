// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkgraph.h"

#include "manager/models/qubemodel.h"
#include "manager/topology/graphmodel.h"
#include "manager/topology/networkwords.h"
#include "tests/manager/networks.h"

#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::provider;
using Test::running;

class NetworkGraphTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chain_leadsToTheOutsideOrSaysWhyNot();
    void chain_endsAtANetQubeThatIsCutOff();
    void chain_endsInEveryLoop();
    void link_standsAsTheHopsRun();
    void words_sayThePath();
    void picture_leavesTemplatesOut();
    void event_changesOneItem();
    void event_ofAProviderChangesItsClientsLinks();
    void graph_isTheModelAfter1000Changes();
    void chain_isTheReferencesPath();
};

void NetworkGraphTest::chain_leadsToTheOutsideOrSaysWhyNot()
{
    const NetworkGraph graph = Test::graphOf(Test::smallNetwork());
    QCOMPARE(graph.chainOf(u"work"_s).hops, (QStringList{u"work"_s, u"sys-firewall"_s, u"sys-net"_s}));
    QCOMPARE(graph.chainOf(u"work"_s).end, NetworkChain::End::Outside);
    QCOMPARE(graph.chainOf(u"vault"_s).end, NetworkChain::End::NoNetwork);
    QCOMPARE(graph.clientsOf(u"sys-firewall"_s), (QStringList{u"personal"_s, u"vpn"_s, u"work"_s}));
    QCOMPARE(graph.downstreamOf(u"sys-firewall"_s), (QStringList{u"personal"_s, u"untrusted"_s, u"vpn"_s, u"work"_s}));

    NetworkGraph broken = graph;
    broken.store(client(u"work"_s, u"gone"_s));
    QCOMPARE(broken.chainOf(u"work"_s).end, NetworkChain::End::Missing);
    QCOMPARE(broken.chainOf(u"work"_s).missing, u"gone"_s);
    QCOMPARE(broken.linkState(u"work"_s), LinkState::Broken);
    QVERIFY(broken.remove(u"sys-net"_s));
    QVERIFY(!broken.remove(u"sys-net"_s));
    QCOMPARE(broken.chainOf(u"vpn"_s).missing, u"sys-net"_s);
}

void NetworkGraphTest::chain_endsAtANetQubeThatIsCutOff()
{
    NetworkGraph graph = Test::graphOf(Test::smallNetwork());
    QubeInfo net = running(provider(u"sys-net"_s, {}));
    net.leadsOutside = true;
    graph.store(net);
    QubeInfo firewall = running(provider(u"sys-firewall"_s, u"sys-net"_s));
    firewall.leadsOutside = false;
    graph.store(firewall);
    QCOMPARE(graph.chainOf(u"work"_s).end, NetworkChain::End::Outside);
    QCOMPARE(graph.chainOf(u"work"_s, {{u"sys-firewall"_s, QString()}}).end, NetworkChain::End::NoNetwork);

    firewall.netQube.clear(); // by hand: it goes on providing network
    graph.store(firewall);
    QVERIFY(!facesOutside(firewall));
    QCOMPARE(graph.chainOf(u"work"_s).end, NetworkChain::End::NoNetwork);
    QCOMPARE(graph.linkState(u"work"_s), LinkState::Broken);
    QCOMPARE(graph.obstacleOf(u"work"_s), u"sys-firewall"_s);
    QCOMPARE(networkWarnings(graph, u"work"_s),
             QStringList{u"sys-firewall has no network itself. Choose another net qube."_s});
    QCOMPARE(chainWords(graph.chainOf(u"work"_s)), u"work → sys-firewall → no network"_s);

    // A core that does not tell: a net qube without one of its own is taken for the last.
    firewall.leadsOutside = std::nullopt;
    QVERIFY(facesOutside(firewall));
    graph.store(firewall);
    QCOMPARE(graph.linkState(u"work"_s), LinkState::Connected);
}

void NetworkGraphTest::chain_endsInEveryLoop()
{
    NetworkGraph graph;
    graph.store(provider(u"a"_s, u"b"_s));
    graph.store(provider(u"b"_s, u"c"_s));
    graph.store(provider(u"c"_s, u"a"_s));
    graph.store(provider(u"self"_s, u"self"_s));
    graph.store(running(client(u"work"_s, u"a"_s)));
    QCOMPARE(graph.chainOf(u"work"_s).end, NetworkChain::End::Loop);
    QCOMPARE(graph.chainOf(u"self"_s).end, NetworkChain::End::Loop);
    QCOMPARE(graph.downstreamOf(u"a"_s), (QStringList{u"b"_s, u"c"_s, u"work"_s}));
    QCOMPARE(graph.linkState(u"work"_s), LinkState::Broken);
    QVERIFY(!networkWarnings(graph, u"work"_s).isEmpty());
}

void NetworkGraphTest::link_standsAsTheHopsRun()
{
    NetworkGraph graph = Test::graphOf(Test::smallNetwork());
    QCOMPARE(graph.linkState(u"work"_s), LinkState::Connected);
    QCOMPARE(graph.linkState(u"personal"_s), LinkState::Idle);
    QCOMPARE(graph.linkState(u"vault"_s), LinkState::None);
    QCOMPARE(graph.obstacleOf(u"untrusted"_s), u"vpn"_s); // which is off
    QCOMPARE(graph.linkState(u"untrusted"_s), LinkState::Broken);
    graph.store(provider(u"sys-net"_s, {}));
    QCOMPARE(graph.obstacleOf(u"work"_s), u"sys-net"_s);
    QCOMPARE(networkWarnings(graph, u"work"_s),
             QStringList{u"sys-net does not run, so nothing reaches the outside."_s});
}

void NetworkGraphTest::words_sayThePath()
{
    const NetworkGraph graph = Test::graphOf(Test::smallNetwork());
    QCOMPARE(chainWords(graph.chainOf(u"work"_s)), u"work → sys-firewall → sys-net → outside"_s);
    QCOMPARE(chainWords(graph.chainOf(u"vault"_s)), u"vault → no network"_s);
    QCOMPARE(linkWords(graph, u"work"_s), u"link, work to sys-firewall, connected"_s);
}

void NetworkGraphTest::picture_leavesTemplatesOut()
{
    QubeInfo system = client(u"debian-13"_s, {});
    system.kind = QubeKind::Template;
    QVERIFY(!isInNetworkPicture(system));
    system.netQube = u"sys-firewall"_s;
    QVERIFY2(isInNetworkPicture(system), "this is something to be seen");
    QubeInfo bare;
    bare.name = u"work"_s;
    QVERIFY(!isInNetworkPicture(bare));
}

void NetworkGraphTest::event_changesOneItem()
{
    Test::FakeSource source;
    QubeModel model(&source);
    GraphModel graph(&model);
    source.load(Test::smallNetwork());
    QSignalSpy added(&graph, &GraphModel::nodeAdded);
    QSignalSpy changed(&graph, &GraphModel::nodeChanged);
    QSignalSpy links(&graph, &GraphModel::linkChanged);

    source.change(running(client(u"personal"_s, u"sys-firewall"_s)));
    QCOMPARE(changed.size(), 1);
    QCOMPARE(changed.first().first().toString(), u"personal"_s);
    QCOMPARE(links.size(), 1);
    QCOMPARE(links.first().first().toString(), u"personal"_s);

    source.change(running(client(u"personal"_s, u"vpn"_s)));
    QCOMPARE(links.size(), 2);
    QCOMPARE(graph.graph().providerOf(u"personal"_s), u"vpn"_s);
    source.change(client(u"new"_s, u"vpn"_s));
    QCOMPARE(added.size(), 1);
    QCOMPARE(links.size(), 3);
    model.setBusy(u"new"_s, u"Starting…"_s);
    QCOMPARE(links.size(), 3);
    QVERIFY(graph.isBusy(u"new"_s));
    QCOMPARE(graph.stateText(u"new"_s), u"Starting…"_s);
    QVERIFY2(graph.description(u"work"_s).contains(u"network through sys-firewall"_s),
             qPrintable(graph.description(u"work"_s)));
}

void NetworkGraphTest::event_ofAProviderChangesItsClientsLinks()
{
    Test::FakeSource source;
    QubeModel model(&source);
    GraphModel graph(&model);
    source.load(Test::smallNetwork());
    QSignalSpy changed(&graph, &GraphModel::nodeChanged);
    QSignalSpy links(&graph, &GraphModel::linkChanged);
    source.change(running(provider(u"vpn"_s, u"sys-firewall"_s)));
    QCOMPARE(changed.size(), 1);
    QStringList whose;
    for (const auto &one : links) {
        whose << one.first().toString();
    }
    QCOMPARE(whose, (QStringList{u"vpn"_s, u"untrusted"_s}));
    QCOMPARE(graph.graph().linkState(u"untrusted"_s), LinkState::Connected);

    QSignalSpy removed(&graph, &GraphModel::nodeRemoved);
    source.remove(u"vpn"_s);
    QCOMPARE(removed.size(), 1);
    QCOMPARE(graph.graph().linkState(u"untrusted"_s), LinkState::Broken);
}

void NetworkGraphTest::graph_isTheModelAfter1000Changes()
{
    Test::FakeSource source;
    QubeModel model(&source);
    GraphModel graph(&model);
    source.load(Test::smallNetwork());
    QSet<QString> nodes;
    for (const QString &name : graph.graph().names()) {
        nodes.insert(name);
    }
    QSet<QString> badges; // as one would be who only listens
    const auto look = [&](const QString &name) {
        graph.warningsOf(name).isEmpty() ? void(badges.remove(name)) : void(badges.insert(name));
    };
    for (const QString &name : std::as_const(nodes)) {
        look(name);
    }
    connect(&graph, &GraphModel::nodeAdded, this, [&](const QString &name) {
        nodes.insert(name);
        look(name);
    });
    connect(&graph, &GraphModel::nodeChanged, this, look);
    connect(&graph, &GraphModel::linkChanged, this, look);
    connect(&graph, &GraphModel::nodeRemoved, this, [&](const QString &name) {
        nodes.remove(name);
        badges.remove(name);
    });
    QRandomGenerator random(50);
    const auto anyName = [&random] {
        return u"q%1"_s.arg(random.bounded(30));
    };
    for (int i = 0; i < 1000; ++i) {
        const QString name = anyName();
        if (random.bounded(5) == 0) {
            source.remove(name);
            continue;
        }
        QubeInfo qube = random.bounded(3) == 0 ? provider(name, anyName()) : client(name, anyName());
        qube.netQube = random.bounded(4) == 0 ? QString() : qube.netQube;
        source.change(random.bounded(2) == 0 ? running(qube) : qube);
    }
    QSet<QString> expected;
    QSet<QString> expectedBadges;
    const NetworkGraph truth = Test::graphOf(source.list);
    for (const QubeInfo &qube : source.list) {
        expected.insert(qube.name);
        QCOMPARE(graph.graph().providerOf(qube.name), qube.netQube);
        QCOMPARE(graph.graph().clientsOf(qube.name), truth.clientsOf(qube.name));
        QCOMPARE(graph.graph().linkState(qube.name), truth.linkState(qube.name));
        if (!networkWarnings(truth, qube.name).isEmpty()) {
            expectedBadges.insert(qube.name);
        }
    }
    QCOMPARE(nodes, expected);
    QCOMPARE(badges, expectedBadges);
}

void NetworkGraphTest::chain_isTheReferencesPath()
{
    QRandomGenerator random(67);
    for (int round = 0; round < 50; ++round) {
        QList<QubeInfo> qubes{provider(u"q0"_s, {})};
        for (int i = 1; i < 40; ++i) { // each through an earlier one: no loops
            qubes << provider(u"q%1"_s.arg(i), u"q%1"_s.arg(random.bounded(i)));
        }
        const NetworkGraph graph = Test::graphOf(qubes);
        for (const QubeInfo &qube : std::as_const(qubes)) {
            QStringList reference;
            for (int at = qube.name.sliced(1).toInt();;) {
                reference << qubes.at(at).name;
                if (at == 0) {
                    break;
                }
                at = qubes.at(at).netQube.sliced(1).toInt();
            }
            QCOMPARE(graph.chainOf(qube.name).hops, reference);
            QCOMPARE(chainWords(graph.chainOf(qube.name)), QString(reference.join(u" → "_s) + u" → outside"_s));
        }
    }
}

QTEST_GUILESS_MAIN(NetworkGraphTest)

#include "networkgraphtest.moc"
