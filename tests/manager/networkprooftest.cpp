// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/networkproof.h"

#include "tests/manager/networks.h"

#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

/// What is said of a qube's way to the outside, and that it promises nothing that is not so.
class NetworkProofTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void rules_comeToAPassage_data();
    void rules_comeToAPassage();
    void rules_areSaidInWords_data();
    void rules_areSaidInWords();
    void vault_sendsNothing();
    void way_hasEachHopAndWhoEnforces();
    void tor_failsClosed();
    void way_withoutATunnelPromisesNothingOfOne();
    void tunnel_failsClosedAndHidesFromTheRest();
    void tunnel_thatIsAClientHidesNothingOfOthers();
    void way_thatEndsIsSaid();
    void way_throughANetQubeThatIsCutOffLeadsNowhere();
    void rules_notReadAreNoPromise();

private:
    NetworkGraph m_graph;
    ProofFacts m_facts;
};

void NetworkProofTest::init()
{
    m_graph = Test::graphOf(Test::smallNetwork());
    m_facts = {};
    for (const QString &name : m_graph.names()) {
        m_facts.rules.insert(name, {u"action=accept"_s});
    }
}

void NetworkProofTest::rules_comeToAPassage_data()
{
    QTest::addColumn<QStringList>("rules");
    QTest::addColumn<Passage>("passage");

    QTest::newRow("none") << QStringList{} << Passage::Nothing;
    QTest::newRow("accept") << QStringList{u"action=accept"_s} << Passage::Everything;
    QTest::newRow("accept for a while") << QStringList{u"action=accept expire=99 comment=a b=c"_s}
                                        << Passage::Everything;
    QTest::newRow("drop") << QStringList{u"action=drop"_s, u"action=accept"_s} << Passage::Nothing;
    QTest::newRow("drop what is dropped anyway") << QStringList{u"action=drop proto=tcp"_s} << Passage::Nothing;
    QTest::newRow("one host") << QStringList{u"action=accept dst4=192.0.2.7"_s, u"action=drop"_s} << Passage::Filtered;
    QTest::newRow("all but one") << QStringList{u"action=drop dst4=192.0.2.7"_s, u"action=accept"_s}
                                 << Passage::Filtered;
    QTest::newRow("accept first") << QStringList{u"action=accept"_s, u"action=drop dst4=192.0.2.7"_s}
                                  << Passage::Everything;
}

void NetworkProofTest::rules_comeToAPassage()
{
    QFETCH(const QStringList, rules);
    QFETCH(const Passage, passage);
    QVERIFY(passageOf(rules) == passage);
}

void NetworkProofTest::rules_areSaidInWords_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QString>("words");

    QTest::newRow("all") << u"action=accept"_s << u"let through: everything to everywhere"_s;
    QTest::newRow("web") << u"action=accept dsthost=example.org proto=tcp dstports=443"_s
                         << u"let through: TCP port 443 to example.org"_s;
    QTest::newRow("names") << u"action=drop specialtarget=dns"_s << u"drop: everything to name servers"_s;
    QTest::newRow("network") << u"action=drop dst4=10.137.0.0/16 comment=own"_s
                             << u"drop: everything to 10.137.0.0/16"_s;
    QTest::newRow("of a newer core") << u"action=accept colour=red"_s << u"action=accept colour=red"_s;
}

void NetworkProofTest::rules_areSaidInWords()
{
    QFETCH(const QString, rule);
    QFETCH(const QString, words);
    QCOMPARE(ruleWords(rule), words);
}

void NetworkProofTest::vault_sendsNothing()
{
    const NetworkProof proof = prove(m_graph, u"vault"_s, m_facts);
    QCOMPARE(proof.summary, u"vault has no network interface: no packet leaves it."_s);
    QVERIFY(proof.hops.isEmpty());
    QVERIFY(proof.failures.isEmpty());
}

void NetworkProofTest::way_hasEachHopAndWhoEnforces()
{
    m_facts.rules.insert(u"work"_s, {u"action=accept dst4=192.0.2.7"_s, u"action=drop"_s});
    const NetworkProof proof = prove(m_graph, u"work"_s, m_facts);
    QCOMPARE(proof.hops.size(), 3);
    QCOMPARE(proof.hops.at(0),
             (ProofHop{.qube = u"work"_s,
                       .next = u"sys-firewall"_s,
                       .passage = Passage::Filtered,
                       .rules = {u"let through: everything to 192.0.2.7"_s, u"drop: everything to everywhere"_s},
                       .isTunnel = false}));
    QCOMPARE(proof.hops.at(2).next, QString());
    QCOMPARE(proof.readers, (QStringList{u"sys-firewall"_s, u"sys-net"_s}));
    QCOMPARE(proof.summary, u"work reaches what the rules on its way let through."_s);
    m_facts.rules.insert(u"sys-firewall"_s, {u"action=drop"_s}); // a hop's own rules hold its clients, too
    QCOMPARE(prove(m_graph, u"work"_s, m_facts).summary,
             u"No packet of work reaches the outside: the rules of sys-firewall let nothing through sys-net."_s);
}

void NetworkProofTest::tor_failsClosed()
{
    m_facts.tors.insert(u"sys-firewall"_s);
    const NetworkProof proof = prove(m_graph, u"work"_s, m_facts);
    QVERIFY(!proof.hops.at(0).isTor);
    QVERIFY(proof.hops.at(1).isTor);
    QCOMPARE(proof.readers, QStringList{u"sys-firewall"_s});
    QCOMPARE(proof.carriers, QStringList{u"sys-net"_s});
    QStringList words;
    for (const ProofFailure &failure : proof.failures) {
        words << failure.what + (failure.leaks ? u": leaks"_s : u": holds"_s);
    }
    QCOMPARE(words,
             (QStringList{u"sys-firewall stops, or its link is cut: holds"_s,
                          u"Tor in sys-firewall fails: holds"_s,
                          u"Somebody takes sys-firewall over: leaks"_s,
                          u"sys-net stops, or its link is cut: holds"_s}));
}

void NetworkProofTest::way_withoutATunnelPromisesNothingOfOne()
{
    const NetworkProof proof = prove(m_graph, u"work"_s, m_facts);
    QCOMPARE(proof.summary, u"work reaches everything: no rule on its way holds it back."_s);
    QCOMPARE(proof.failures.size(), 3);
    QVERIFY(!proof.failures.at(0).leaks); // sys-firewall stops
    QVERIFY(!proof.failures.at(1).leaks); // sys-net stops
    QCOMPARE(proof.failures.at(2).what, u"A tunnel inside one of the net qubes fails"_s);
    QVERIFY(proof.failures.at(2).leaks);
}

void NetworkProofTest::tunnel_failsClosedAndHidesFromTheRest()
{
    m_facts.tunnels.insert(u"vpn"_s);
    const NetworkProof proof = prove(m_graph, u"untrusted"_s, m_facts);
    QCOMPARE(proof.readers, QStringList{u"vpn"_s});
    QCOMPARE(proof.carriers, (QStringList{u"sys-firewall"_s, u"sys-net"_s}));
    QStringList said;
    for (const ProofFailure &failure : proof.failures) {
        said << (failure.leaks ? u"! "_s : u"  "_s) + failure.what;
    }
    QCOMPARE(said,
             (QStringList{u"  vpn stops, or its link is cut"_s,
                          u"  The tunnel of vpn fails"_s,
                          u"! Somebody takes vpn over"_s,
                          u"  sys-firewall stops, or its link is cut"_s,
                          u"  sys-net stops, or its link is cut"_s}));
    QCOMPARE(proof.summary, u"No packet of untrusted reaches the outside now: vpn does not run."_s);
}

void NetworkProofTest::tunnel_thatIsAClientHidesNothingOfOthers()
{
    m_facts.tunnels.insert(u"vpn"_s);
    const NetworkProof proof = prove(m_graph, u"work"_s, m_facts); // does not go through it
    QVERIFY(proof.carriers.isEmpty());
    QVERIFY(prove(m_graph, u"vpn"_s, m_facts).carriers.isEmpty()); // its own packets are those of the tunnel
}

void NetworkProofTest::way_thatEndsIsSaid()
{
    m_graph.remove(u"sys-net"_s);
    QCOMPARE(prove(m_graph, u"work"_s, m_facts).summary, u"No packet of work passes: there is no qube “sys-net”."_s);
    m_graph.store(Test::provider(u"sys-firewall"_s, u"vpn"_s));
    QCOMPARE(prove(m_graph, u"work"_s, m_facts).summary,
             u"No packet of work reaches the outside: its way leads in a circle."_s);
    QCOMPARE(prove(m_graph, u"nobody"_s, m_facts).summary, u"There is no qube “nobody”."_s);
}

void NetworkProofTest::way_throughANetQubeThatIsCutOffLeadsNowhere()
{
    QubeInfo firewall = Test::running(Test::provider(u"sys-firewall"_s, {}));
    firewall.leadsOutside = false;
    m_graph.store(firewall);
    const NetworkProof proof = prove(m_graph, u"work"_s, m_facts);
    QCOMPARE(proof.summary, u"work reaches sys-firewall at most, which has no network itself."_s);
    QCOMPARE(proof.hops.size(), 1);
    QVERIFY(proof.failures.isEmpty());
    QCOMPARE(prove(m_graph, u"sys-firewall"_s, m_facts).summary,
             u"sys-firewall has no network interface: no packet leaves it."_s);
}

void NetworkProofTest::rules_notReadAreNoPromise()
{
    m_facts.rules.remove(u"sys-firewall"_s);
    const NetworkProof proof = prove(m_graph, u"work"_s, m_facts);
    QVERIFY(proof.hops.at(1).passage == Passage::Unknown);
    QCOMPARE(proof.summary, u"work reaches the outside as far as rules that are not read yet let it."_s);
}

QTEST_GUILESS_MAIN(NetworkProofTest)

#include "networkprooftest.moc"
