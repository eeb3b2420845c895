// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/probe.h"

#include "tests/manager/networks.h"

#include <QSignalSpy>
#include <QTest>

#include <deque>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

/// What a real test tries, in which order, and what it takes for an answer.
class ProbeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void way_isTriedHopByHop();
    void tunnel_isTakenDownAndSetUpAgain();
    void tor_isAsFarAsSinglePacketsGo();
    void address_thatIsNoneGetsIntoNoCommand();
    void results_areSaidAsTheyAre_data();
    void results_areSaidAsTheyAre();
    void runner_goesOneByOne();
    void runner_thatIsStoppedSetsTheTunnelUpAgain();

private:
    struct Asked {
        Probe probe;
        ProbeRunner::Ended ended;
    };

    void answer(std::optional<int> status);

    NetworkGraph m_graph;
    ProofFacts m_facts;
    std::deque<Asked> m_asked;
    std::unique_ptr<ProbeRunner> m_runner;
};

void ProbeTest::init()
{
    m_graph = Test::graphOf(Test::smallNetwork());
    m_facts = {};
    m_asked.clear();
    m_runner = std::make_unique<ProbeRunner>([this](const Probe &probe, ProbeRunner::Ended ended) {
        m_asked.push_back({.probe = probe, .ended = std::move(ended)});
    });
}

void ProbeTest::answer(std::optional<int> status)
{
    Asked asked = std::move(m_asked.front());
    m_asked.pop_front();
    asked.ended(status);
}

void ProbeTest::way_isTriedHopByHop()
{
    const QList<Probe> probes = probesFor(prove(m_graph, u"work"_s, m_facts));
    QStringList words;
    for (const Probe &probe : probes) {
        QCOMPARE(probe.qube, u"work"_s);
        QCOMPARE(probe.account, u"user"_s);
        words << probeWords(probe);
    }
    QCOMPARE(words,
             (QStringList{u"A packet reaches sys-firewall and its answer comes back"_s,
                          u"A packet reaches sys-net and its answer comes back"_s,
                          u"A packet reaches the outside and its answer comes back"_s}));
    QCOMPARE(probes.first().command, QString()); // one packet
    QCOMPARE(probes.at(0).way, QStringList{u"work"_s});
    QCOMPARE(probes.at(1).way, (QStringList{u"work"_s, u"sys-firewall"_s}));
    QVERIFY(probesFor(prove(m_graph, u"vault"_s, m_facts)).isEmpty());
}

void ProbeTest::tunnel_isTakenDownAndSetUpAgain()
{
    m_facts.tunnels.insert(u"vpn"_s);
    const QList<Probe> probes = probesFor(prove(m_graph, u"untrusted"_s, m_facts));
    QCOMPARE(probes.size(), 7);
    QVERIFY(probes.at(4).kind == Probe::Kind::CutDown);
    QCOMPARE(probes.at(4).qube, u"vpn"_s);
    QCOMPARE(probes.at(4).account, u"root"_s);
    QVERIFY(probes.at(5).kind == Probe::Kind::StayShut);
    QCOMPARE(probes.at(5).qube, u"untrusted"_s);
    QVERIFY(probes.at(6).kind == Probe::Kind::Restore);
    QCOMPARE(probeWords(probes.at(5)), u"With the tunnel of vpn down no answer comes from the outside"_s);
}

void ProbeTest::tor_isAsFarAsSinglePacketsGo()
{
    m_facts.tors.insert(u"sys-firewall"_s);
    const QList<Probe> probes = probesFor(prove(m_graph, u"work"_s, m_facts));
    QCOMPARE(probes.size(), 1);
    QCOMPARE(probes.first().hop, u"sys-firewall"_s);
}

void ProbeTest::address_thatIsNoneGetsIntoNoCommand()
{
    QCOMPARE(pingCommand(u"10.137.0.6"_s), u"exec ping -q -c 1 -W 2 10.137.0.6"_s);
    QCOMPARE(pingCommand(u"fd09:24ef:4179::a89:5"_s), u"exec ping -q -c 1 -W 2 fd09:24ef:4179::a89:5"_s);
    for (const QString &text : {u""_s, u"10.137.0.6; reboot"_s, u"$(reboot)"_s, u"fe80::1%eth0"_s, u"-f"_s}) {
        QCOMPARE(pingCommand(text), QString());
    }
}

void ProbeTest::results_areSaidAsTheyAre_data()
{
    QTest::addColumn<Probe::Kind>("kind");
    QTest::addColumn<int>("status"); // -1: it could not be run
    QTest::addColumn<ProbeResult>("result");

    QTest::newRow("answer") << Probe::Kind::Reach << 0 << ProbeResult::Holds;
    QTest::newRow("no answer") << Probe::Kind::Reach << 1 << ProbeResult::Fails;
    QTest::newRow("no way") << Probe::Kind::Reach << 2 << ProbeResult::Fails;
    QTest::newRow("no ping") << Probe::Kind::Reach << 127 << ProbeResult::Unknown;
    QTest::newRow("no call") << Probe::Kind::Reach << -1 << ProbeResult::Unknown;
    QTest::newRow("shut") << Probe::Kind::StayShut << 1 << ProbeResult::Holds;
    QTest::newRow("leak") << Probe::Kind::StayShut << 0 << ProbeResult::Fails;
    QTest::newRow("who knows") << Probe::Kind::StayShut << 126 << ProbeResult::Unknown;
    QTest::newRow("not taken down") << Probe::Kind::CutDown << 1 << ProbeResult::Fails;
}

void ProbeTest::results_areSaidAsTheyAre()
{
    QFETCH(const Probe::Kind, kind);
    QFETCH(const int, status);
    QFETCH(const ProbeResult, result);
    std::optional<ProbeResult> said;
    connect(m_runner.get(), &ProbeRunner::answered, this, [&said](const Probe &, ProbeResult answered) {
        said = answered;
    });
    m_runner->start({Probe{.kind = kind, .qube = u"work"_s, .hop = {}, .account = u"user"_s, .command = u"x"_s}});
    answer(status < 0 ? std::nullopt : std::optional(status));
    QVERIFY(said == result);
}

void ProbeTest::runner_goesOneByOne()
{
    QSignalSpy finished(m_runner.get(), &ProbeRunner::finished);
    m_runner->start(probesFor(prove(m_graph, u"work"_s, m_facts)));
    QCOMPARE(m_asked.size(), 1U);
    answer(0);
    QCOMPARE(m_asked.size(), 1U);
    QVERIFY(m_runner->isRunning());
    answer(1);
    answer(0);
    QCOMPARE(finished.size(), 1);
    QVERIFY(!m_runner->isRunning());
}

void ProbeTest::runner_thatIsStoppedSetsTheTunnelUpAgain()
{
    m_facts.tunnels.insert(u"vpn"_s);
    m_runner->start(probesFor(prove(m_graph, u"untrusted"_s, m_facts)));
    for (int i = 0; i < 5; ++i) {
        answer(0);
    }
    m_runner->start({}); // with the tunnel down
    QCOMPARE(m_asked.size(), 2U);
    QVERIFY(m_asked.back().probe.kind == Probe::Kind::Restore);
}

QTEST_GUILESS_MAIN(ProbeTest)

#include "probetest.moc"
