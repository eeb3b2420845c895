// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkchange.h"

#include "manager/topology/linkrules.h"
#include "manager/topology/topologyfile.h"
#include "tests/manager/networks.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using Test::client;
using Test::graphOf;
using Test::provider;
using Test::running;

class NetworkChangeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void link_isRefusedWithItsReason_data();
    void link_isRefusedWithItsReason();
    void link_fitsAsItSays();
    void insert_isJudgedWithTheHopInItsPlace();
    void preview_saysWhatFollows();
    void ui_058_preview_pathIsWhatComesOfTheSteps();
    void merged_isOneStepAQube();
    void file_roundTrips();
    void file_refusesWhatItDoesNotKnow_data();
    void file_refusesWhatItDoesNotKnow();
    void file_isComparedBeforeItIsApplied();
    void file_stepsNeverMakeALoop();

private:
    const SystemDefaults m_defaults{.templateName = u"debian-13"_s, .netQube = u"sys-firewall"_s};
};

void NetworkChangeTest::link_isRefusedWithItsReason_data()
{
    QTest::addColumn<QString>("client");
    QTest::addColumn<QString>("provider");
    QTest::addColumn<QString>("reason");
    QTest::newRow("loop") << u"sys-firewall"_s << u"vpn"_s
                          << u"This would make a loop: vpn reaches its own network through sys-firewall."_s;
    QTest::newRow("provides none") << u"work"_s << u"personal"_s << u"personal does not provide network."_s;
    QTest::newRow("template") << u"debian-13"_s << u"vpn"_s
                              << u"debian-13 is a template. Templates reach their updates through the update path."_s;
    QTest::newRow("itself") << u"vpn"_s << u"vpn"_s << u"vpn can not be its own net qube."_s;
    QTest::newRow("already") << u"work"_s << u"sys-firewall"_s << u"work goes through sys-firewall already."_s;
    QTest::newRow("offline already") << u"vault"_s << QString() << u"vault has no network already."_s;
    QTest::newRow("gone") << u"work"_s << u"zebra"_s << u"There is no qube “zebra”."_s;
}

void NetworkChangeTest::link_isRefusedWithItsReason()
{
    QFETCH(const QString, client);
    QFETCH(const QString, provider);
    QFETCH(const QString, reason);
    QList<QubeInfo> qubes = Test::smallNetwork();
    qubes << Test::client(u"debian-13"_s, {});
    qubes.last().kind = QubeKind::Template;
    const LinkVerdict verdict = judgeLink(graphOf(qubes), {client}, provider);
    QCOMPARE(verdict.fit, Fit::No);
    QCOMPARE(verdict.text, reason);
}

void NetworkChangeTest::link_fitsAsItSays()
{
    QList<QubeInfo> qubes = Test::smallNetwork();
    const NetworkGraph graph = graphOf(qubes);
    const LinkVerdict off = judgeLink(graph, {u"personal"_s}, u"vpn"_s);
    QCOMPARE(off.fit, Fit::Fits); // nobody runs, so nobody has to be started
    QCOMPARE(off.text, u"Connect personal through vpn."_s);
    const LinkVerdict start = judgeLink(graph, {u"personal"_s, u"work"_s}, u"vpn"_s);
    QCOMPARE(start.fit, Fit::AfterStart);
    QCOMPARE(start.text, u"Connect 2 qubes through vpn. vpn is off: it will be started."_s);
    QCOMPARE(start.starts, QStringList{u"vpn"_s});
    const LinkVerdict straight = judgeLink(graph, {u"work"_s}, u"sys-net"_s);
    QCOMPARE(straight.fit, Fit::Beware);
    QCOMPARE(straight.warnings.size(), 1);
    QCOMPARE(judgeLink(graph, {u"vpn"_s}, u"sys-net"_s).fit, Fit::Fits); // a provider is no client of its own
    QCOMPARE(judgeLink(graph, {u"work"_s, u"personal"_s}, {}).text, u"Take 2 qubes offline."_s);
    QCOMPARE(judgeLink(graph, {}, u"vpn"_s).fit, Fit::No);
}

void NetworkChangeTest::insert_isJudgedWithTheHopInItsPlace()
{
    const NetworkGraph graph = graphOf(Test::smallNetwork());
    const LinkVerdict verdict = judgeInsert(graph, u"vpn"_s, u"work"_s);
    QCOMPARE(verdict.text, u"Put vpn between work and sys-firewall. vpn is off: it will be started."_s);
    QCOMPARE(verdict.fit, Fit::AfterStart);
    const NetworkChange change = insertChange(graph, u"vpn"_s, u"work"_s);
    QCOMPARE(change.steps.size(), 1); // vpn goes through sys-firewall as it is
    QCOMPARE(change.starts, QStringList{u"vpn"_s});

    QList<QubeInfo> qubes = Test::smallNetwork();
    qubes << running(provider(u"tor"_s, {}));
    const NetworkGraph wider = graphOf(qubes);
    const NetworkChange both = insertChange(wider, u"tor"_s, u"work"_s);
    QCOMPARE(both.steps.size(), 2);
    QCOMPARE(both.steps.first().qube, u"tor"_s); // the hop first
    QCOMPARE(after(wider, both.steps, m_defaults).chainOf(u"work"_s).hops,
             (QStringList{u"work"_s, u"tor"_s, u"sys-firewall"_s, u"sys-net"_s}));
    QCOMPARE(judgeInsert(graph, u"sys-net"_s, u"work"_s).fit, Fit::No); // sys-firewall goes through it
    QCOMPARE(judgeInsert(graph, u"personal"_s, u"work"_s).text, u"personal does not provide network."_s);
    QCOMPARE(judgeInsert(graph, u"sys-firewall"_s, u"work"_s).fit, Fit::No);
    QCOMPARE(judgeInsert(graph, u"vpn"_s, u"vault"_s).fit, Fit::No);
    QCOMPARE(judgeInsert(graph, u"work"_s, u"work"_s).fit, Fit::No);
}

void NetworkChangeTest::preview_saysWhatFollows()
{
    QList<QubeInfo> qubes = Test::smallNetwork();
    qubes << running(client(u"mail"_s, u"vpn"_s));
    const NetworkGraph graph = graphOf(qubes);
    const ChangePreview preview = previewOf(graph, connectChange(graph, {u"vpn"_s}, u"sys-net"_s), m_defaults);
    QCOMPARE(preview.paths.size(), 1);
    QCOMPARE(preview.paths.first().before.hops, (QStringList{u"vpn"_s, u"sys-firewall"_s, u"sys-net"_s}));
    QCOMPARE(preview.paths.first().after.hops, (QStringList{u"vpn"_s, u"sys-net"_s}));
    QCOMPARE(preview.effects, QStringList{u"2 more qubes behind take the new way, too."_s});
    QCOMPARE(preview.warnings, QStringList{u"2 running qubes will lose their connections for a moment."_s});
    const ChangePreview straight = previewOf(graph, connectChange(graph, {u"work"_s}, u"sys-net"_s), m_defaults);
    QVERIFY(straight.effects.isEmpty());
    QCOMPARE(straight.warnings,
             (QStringList{u"sys-net faces the outside itself: no firewall qube would stand between."_s,
                          u"One running qube will lose its connections for a moment."_s}));
}

void NetworkChangeTest::ui_058_preview_pathIsWhatComesOfTheSteps()
{
    QRandomGenerator random(58);
    for (int round = 0; round < 500; ++round) {
        QList<QubeInfo> qubes{provider(u"q0"_s, {})};
        for (int i = 1; i < 12; ++i) {
            const QString up = u"q%1"_s.arg(random.bounded(i));
            qubes << (i < 6 ? provider(u"q%1"_s.arg(i), up) : client(u"q%1"_s.arg(i), u"q%1"_s.arg(random.bounded(6))));
        }
        NetworkGraph graph = graphOf(qubes);
        for (int i = 6; i < 12; ++i) {
            QVERIFY(graph.find(u"q%1"_s.arg(i)) != nullptr);
        }
        const QString who = u"q%1"_s.arg(random.bounded(1, 12));
        const QString where = random.bounded(8) == 0 ? QString() : u"q%1"_s.arg(random.bounded(6));
        if (judgeLink(graph, {who}, where).fit == Fit::No) {
            continue;
        }
        const NetworkChange change = connectChange(graph, {who}, where);
        const ChangePreview preview = previewOf(graph, change, m_defaults);
        QubeInfo changed = *graph.find(who); // as the core does it
        changed.netQube = where;
        graph.store(changed);
        QCOMPARE(preview.paths.first().after, graph.chainOf(who));
        QVERIFY(preview.paths.first().after.end != NetworkChain::End::Loop);
    }
}

void NetworkChangeTest::merged_isOneStepAQube()
{
    const auto to = [](const QString &name) {
        return NetworkSetting{.kind = NewQube::Network::Provider, .provider = name};
    };
    const QList<NetworkStep> first{{u"work"_s, to(u"a"_s), to(u"b"_s)}, {u"mail"_s, to(u"a"_s), to(u"b"_s)}};
    const QList<NetworkStep> second{{u"work"_s, to(u"b"_s), to(u"c"_s)}, {u"mail"_s, to(u"b"_s), to(u"a"_s)}};
    QCOMPARE(merged(first, second), (QList<NetworkStep>{{u"work"_s, to(u"a"_s), to(u"c"_s)}}));
}

void NetworkChangeTest::file_roundTrips()
{
    QList<QubeInfo> qubes = Test::smallNetwork();
    qubes << Test::makeQube(u"standard"_s); // follows the default
    const NetworkGraph graph = graphOf(qubes);
    const QByteArray text = writeTopology(graph);
    QVERIFY2(text.startsWith("bulkhead-topology 1\npersonal -> sys-firewall\n"), text.constData());
    QVERIFY(text.contains("\nstandard -> default\n"));
    QVERIFY(text.contains("\nvault -> none\n"));
    const auto lines = parseTopology(text);
    QVERIFY(lines);
    const TopologyComparison same = compareTopology(graph, *lines, m_defaults);
    QVERIFY(same.change.steps.isEmpty() && same.problems.isEmpty() && same.unlisted.isEmpty());
}

void NetworkChangeTest::file_refusesWhatItDoesNotKnow_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("words");
    const QByteArray head = "bulkhead-topology 1\n";
    QTest::newRow("empty") << QByteArray("\n# nothing\n") << QByteArray("the file is empty");
    QTest::newRow("other version") << QByteArray("bulkhead-topology 2\n")
                                   << QByteArray("line 1: the file does not begin as this version's do");
    QTest::newRow("no arrow") << QByteArray(head + "work sys-net\n") << QByteArray("line 2: not “QUBE -> NET QUBE”");
    QTest::newRow("four words") << QByteArray(head + "work -> sys-net now\n")
                                << QByteArray("line 2: not “QUBE -> NET QUBE”");
    QTest::newRow("bad name") << QByteArray(head + "../etc -> sys-net\n")
                              << QByteArray("line 2: the first word can not be a qube's name");
    QTest::newRow("bad net qube") << QByteArray(head + "work -> 7\xff\n")
                                  << QByteArray("line 2: the last word can not be a qube's name");
    QTest::newRow("twice") << QByteArray(head + "work -> none\nwork -> sys-net\n")
                           << QByteArray("line 3: work stands in the file twice");
    QTest::newRow("long line") << QByteArray(head + QByteArray(MaxTopologyLine + 1, '#'))
                               << QByteArray("line 2: too long");
    QTest::newRow("long file") << QByteArray(MaxTopologyFile + 1, '\n')
                               << QByteArray("the file is too long for a network's description");
}

void NetworkChangeTest::file_refusesWhatItDoesNotKnow()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QByteArray, words);
    const auto lines = parseTopology(bytes);
    QVERIFY(!lines);
    QCOMPARE(QByteArray::fromStdString(lines.error().detail), words);
}

void NetworkChangeTest::file_isComparedBeforeItIsApplied()
{
    const NetworkGraph graph = graphOf(Test::smallNetwork());
    const auto lines = parseTopology("bulkhead-topology 1\n"
                                     "  work ->   vpn  \n"
                                     "vpn -> sys-firewall\n"
                                     "ghost -> vpn\n"
                                     "personal -> vault\n");
    QVERIFY(lines);
    const TopologyComparison comparison = compareTopology(graph, *lines, m_defaults);
    QCOMPARE(comparison.change.steps.size(), 2);
    QCOMPARE(comparison.change.starts, QStringList{u"vpn"_s});
    QCOMPARE(comparison.problems, (QStringList{u"There is no qube “ghost”."_s, u"vault does not provide network."_s}));
    QCOMPARE(comparison.unlisted, (QStringList{u"sys-firewall"_s, u"sys-net"_s, u"untrusted"_s, u"vault"_s}));
}

void NetworkChangeTest::file_stepsNeverMakeALoop()
{
    QRandomGenerator random(64);
    const auto someChain = [&random] { // a random order of ten providers, each through an earlier one
        QList<int> order{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        std::shuffle(order.begin(), order.end(), random);
        QList<QubeInfo> qubes{provider(u"p%1"_s.arg(order.first()), {})};
        for (int i = 1; i < order.size(); ++i) {
            qubes << provider(u"p%1"_s.arg(order.at(i)), u"p%1"_s.arg(order.at(random.bounded(i))));
        }
        return graphOf(qubes);
    };
    for (int round = 0; round < 200; ++round) {
        NetworkGraph graph = someChain();
        const NetworkGraph wanted = someChain();
        const auto lines = parseTopology(writeTopology(wanted));
        QVERIFY(lines);
        const TopologyComparison comparison = compareTopology(graph, *lines, m_defaults);
        QVERIFY2(comparison.problems.isEmpty(), qPrintable(comparison.problems.join(u'\n')));
        for (const NetworkStep &step : comparison.change.steps) {
            graph = after(graph, {step}, m_defaults);
            QVERIFY(graph.chainOf(step.qube).end != NetworkChain::End::Loop);
        }
        QCOMPARE(writeTopology(graph), writeTopology(wanted));
    }
}

QTEST_GUILESS_MAIN(NetworkChangeTest)

#include "networkchangetest.moc"
