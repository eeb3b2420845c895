// SPDX-License-Identifier: GPL-2.0-or-later
// From what dom0 tells a net qube about its clients to the packet filter there.
#include "base/formatted.h"
#include "dom0-core/firewall/clientrules.h"
#include "dom0-core/firewall/filter.h"
#include "vchan-io/wire/calls/firewallruletext.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Firewall;

namespace
{

constexpr std::chrono::sys_seconds Now{std::chrono::seconds(1000)};

Network address(std::string_view text)
{
    return Network::parseAddress(text).value();
}

FilterPlan planOf(std::string_view client, std::string_view rules)
{
    FilterPlan plan;
    plan.clients.emplace(address(client), parseRules(rules).value());
    plan.nameServers = {address("10.139.1.1"), address("10.139.1.2")};
    return plan;
}

/// The lines of the first client's chain, without the last one, which drops the rest.
QStringList chainOf(const FilterPlan &plan)
{
    const QString text = QString::fromStdString(filterText(plan));
    const qsizetype begin = text.indexOf(QStringLiteral("chain client0 {\n")) + 16;
    QStringList lines = text.mid(begin, text.indexOf(QStringLiteral("    }\n"), begin) - begin).split(u'\n');
    for (QString &line : lines) {
        line = line.trimmed();
    }
    lines.removeAll(QString());
    if (lines.isEmpty() || lines.takeLast() != QStringLiteral("drop")) {
        return {QStringLiteral("the chain does not end with drop")};
    }
    return lines;
}

} // namespace

class FirewallFilterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void model_082_leavesAreNumberedWithoutGaps();
    void leaves_roundTrip();
    void leaves_thatAreNoRulesAreRefused_data();
    void leaves_thatAreNoRulesAreRefused();
    void filter_ofNobodyLetsNothingOut();
    void S_183_filterSaysWhatTheRuleSays_data();
    void S_183_filterSaysWhatTheRuleSays();
    void S_183_filterHasNoTextOfARule();
    void S_183_namesWithManyAddressesAreNotBelieved();
    void clients_haveAChainEach();
    void connected_doNotSpeakFromUpstream();
    void nameServers_areRedirected();
    void S_180_tunnel_isTheOnlyWay();
    void S_180_tor_isTheOnlyWay();
};

void FirewallFilterTest::model_082_leavesAreNumberedWithoutGaps()
{
    const Rules rules = parseRules("action=drop dst6=2001:db8::1\n"
                                   "action=accept expire=1000 dst4=10.0.0.1\n"
                                   "action=accept expire=1001 dst4=10.0.0.2 comment=still\n"
                                   "action=drop dsthost=example.com\n"
                                   "action=accept\n")
                            .value();
    QCOMPARE(ruleLeavesOf(rules, Family::V4, Now),
             (RuleLeaves{{"policy", "drop"},
                         {"0000", "action=accept dst4=10.0.0.2/32"},
                         {"0001", "action=drop dsthost=example.com"},
                         {"0002", "action=accept"}}));
    QCOMPARE(ruleLeavesOf(rules, Family::V6, Now),
             (RuleLeaves{{"policy", "drop"},
                         {"0000", "action=drop dst6=2001:db8::1/128"},
                         {"0001", "action=drop dsthost=example.com"},
                         {"0002", "action=accept"}}));
}

void FirewallFilterTest::leaves_roundTrip()
{
    const Rules rules = parseRules("action=drop proto=icmp icmptype=8\naction=accept specialtarget=dns\n").value();
    QCOMPARE(parseRuleLeaves(ruleLeavesOf(rules, Family::V4, Now)).value(), rules);
    QCOMPARE(parseRuleLeaves(ruleLeavesOf({}, Family::V4, Now)).value(), Rules());
}

void FirewallFilterTest::leaves_thatAreNoRulesAreRefused_data()
{
    QTest::addColumn<QString>("leaf");
    QTest::addColumn<QString>("value");

    QTest::newRow("no policy") << "0000" << "action=accept";
    QTest::newRow("other policy") << "policy" << "accept";
    QTest::newRow("three digits") << "000" << "action=accept";
    QTest::newRow("five digits") << "00000" << "action=accept";
    QTest::newRow("deeper") << "0000/x" << "action=accept";
    QTest::newRow("no rule") << "0001" << "accept all";
    QTest::newRow("with a comment") << "0001" << "action=accept comment=x";
}

void FirewallFilterTest::leaves_thatAreNoRulesAreRefused()
{
    QFETCH(const QString, leaf);
    QFETCH(const QString, value);
    RuleLeaves leaves;
    if (leaf != QStringLiteral("policy") && leaf != QStringLiteral("0000")) {
        leaves.emplace("policy", "drop");
    }
    leaves.insert_or_assign(leaf.toStdString(), value.toStdString());
    QVERIFY(!parseRuleLeaves(leaves));
}

void FirewallFilterTest::filter_ofNobodyLetsNothingOut()
{
    QCOMPARE(QString::fromStdString(filterText({})),
             QStringLiteral("table inet bulkhead-rules { }\n"
                            "delete table inet bulkhead-rules\n"
                            "table inet bulkhead-rules {\n"
                            "    chain by-source {\n"
                            "        drop\n"
                            "    }\n"
                            "    chain clients {\n"
                            "        type filter hook forward priority filter - 10; policy accept;\n"
                            "        ct state invalid drop\n"
                            "        iifname \"vif*\" jump by-source\n"
                            "    }\n"
                            "    chain upstream {\n"
                            "        type filter hook prerouting priority raw; policy accept;\n"
                            "    }\n"
                            "}\n"));
}

void FirewallFilterTest::S_183_filterSaysWhatTheRuleSays_data()
{
    QTest::addColumn<QString>("client");
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QString>("nft");

    const auto four = QStringLiteral("10.137.0.5");
    const auto six = QStringLiteral("fd09:24ef:4179::a89:5");
    QTest::newRow("all") << four << "action=accept" << "ACCEPT";
    QTest::newRow("nothing") << four << "action=drop" << "drop";
    QTest::newRow("network") << four << "action=drop dst4=10.1.2.3/8" << "ip daddr 10.0.0.0/8 drop";
    QTest::newRow("every address") << four << "action=drop dst4=0.0.0.0/0" << "drop";
    QTest::newRow("other family") << four << "action=accept dst6=::/0" << "";
    QTest::newRow("IPv6") << six << "action=accept dst6=2001:db8::7/32" << "ip6 daddr 2001:db8::/32 ACCEPT";
    QTest::newRow("port") << four << "action=drop proto=tcp dstports=80" << "meta l4proto tcp th dport 80 drop";
    QTest::newRow("ports") << four << "action=drop proto=udp dstports=1-9" << "meta l4proto udp th dport 1-9 drop";
    QTest::newRow("ICMP") << four << "action=drop proto=icmp" << "meta l4proto icmp drop";
    QTest::newRow("ICMP type") << four << "action=drop proto=icmp icmptype=8" << "meta l4proto icmp icmp type 8 drop";
    QTest::newRow("ICMPv6 type") << six << "action=drop proto=icmp icmptype=128"
                                 << "meta l4proto ipv6-icmp icmpv6 type 128 drop";
    QTest::newRow("name servers")
        << four << "action=accept specialtarget=dns"
        << "ct original ip daddr { 10.139.1.1, 10.139.1.2 } meta l4proto { tcp, udp } th dport 53 ACCEPT";
    QTest::newRow("name servers of IPv6, which there are none") << six << "action=accept specialtarget=dns" << "";
    QTest::newRow("known name") << four << "action=accept dsthost=known.example" << "ip daddr { 192.0.2.7 } ACCEPT";
    QTest::newRow("known name, IPv6") << six << "action=drop dsthost=known.example" << "ip6 daddr { 2001:db8::7 } drop";
    QTest::newRow("unknown name lets nothing out") << four << "action=accept dsthost=unknown.example" << "";
    QTest::newRow("unknown name holds everything back") << four << "action=drop dsthost=unknown.example proto=tcp"
                                                        << "meta l4proto tcp drop";
    QTest::newRow("a name for a sibling lets nothing out") << four << "action=accept dsthost=liar.example" << "";
    QTest::newRow("a name for a sibling holds it back") << four << "action=drop dsthost=liar.example"
                                                        << "ip daddr { 10.137.0.6, 127.0.0.1 } drop";
}

void FirewallFilterTest::S_183_filterSaysWhatTheRuleSays()
{
    QFETCH(const QString, client);
    QFETCH(const QString, rule);
    QFETCH(QString, nft);
    nft.replace(QStringLiteral("ACCEPT"), QStringLiteral("meta mark set 1650982913 accept"));
    FilterPlan plan = planOf(client.toStdString(), rule.toStdString());
    plan.names.emplace(HostName::parse("known.example").value(),
                       std::vector{address("192.0.2.7"), address("2001:db8::7")});
    plan.names.emplace(HostName::parse("liar.example").value(),
                       std::vector{address("10.137.0.6"), address("127.0.0.1")});
    QCOMPARE(chainOf(plan), nft.isEmpty() ? QStringList() : QStringList{nft});
}

void FirewallFilterTest::S_183_filterHasNoTextOfARule()
{
    const auto plan = planOf("10.137.0.5", "action=drop dsthost=flush.ruleset comment=nft; [delete] table\n");
    const auto text = filterText(plan);
    QVERIFY(!text.contains("flush"));
    QVERIFY(!text.contains("[delete]"));
    QCOMPARE(namesIn(plan), std::vector{HostName::parse("flush.ruleset").value()});
}

void FirewallFilterTest::S_183_namesWithManyAddressesAreNotBelieved()
{
    const auto resolved = [](std::string_view rule, std::size_t count) {
        FilterPlan plan = planOf("10.137.0.5", rule);
        auto &addresses = plan.names[HostName::parse("many.example").value()];
        for (std::size_t i = 0; i < count; ++i) {
            addresses.push_back(address(formatted("192.0.{}.{}", i / 200, i % 200)));
        }
        return chainOf(plan);
    };
    QCOMPARE(resolved("action=accept dsthost=many.example", MaxAddressesOfName).at(0).count(u','),
             qsizetype{MaxAddressesOfName} - 1);
    QCOMPARE(resolved("action=accept dsthost=many.example", MaxAddressesOfName + 1), QStringList());
    QCOMPARE(resolved("action=drop dsthost=many.example", 1000), QStringList{QStringLiteral("drop")});
}

void FirewallFilterTest::clients_haveAChainEach()
{
    FilterPlan plan = planOf("10.137.0.5", "action=accept");
    plan.clients.emplace(address("10.137.0.6"), Rules());
    plan.clients.emplace(address("fd09:24ef:4179::a89:5"), Rules());
    const auto text = filterText(plan);
    QVERIFY(text.contains("    chain by-source {\n"
                          "        ip saddr vmap { 10.137.0.5 : goto client0, 10.137.0.6 : goto client1 }\n"
                          "        ip6 saddr vmap { fd09:24ef:4179::a89:5 : goto client2 }\n"
                          "        drop\n"
                          "    }\n"));
    QVERIFY(text.contains("    chain client1 {\n        drop\n    }\n"));
}

void FirewallFilterTest::connected_doNotSpeakFromUpstream()
{
    FilterPlan plan;
    plan.connected = {address("10.137.0.5"), address("fd09:24ef:4179::a89:5"), address("10.137.0.9")};
    const auto text = filterText(plan);
    QVERIFY(text.contains("        iifname != \"vif*\" ip saddr { 10.137.0.5, 10.137.0.9 } drop\n"
                          "        iifname != \"vif*\" ip6 saddr { fd09:24ef:4179::a89:5 } drop\n"));
}

void FirewallFilterTest::nameServers_areRedirected()
{
    FilterPlan plan = planOf("10.137.0.5", "");
    QVERIFY(!filterText(plan).contains("dnat"));
    plan.realServers = {address("192.0.2.53"), address("2001:db8::53")};
    const QString line =
        QStringLiteral("iifname \"vif*\" ip daddr %1 meta l4proto { tcp, udp } th dport 53 dnat ip to 192.0.2.53\n");
    const auto text = QString::fromStdString(filterText(plan));
    QVERIFY(text.contains(line.arg(QStringLiteral("10.139.1.1"))));
    QVERIFY(text.contains(line.arg(QStringLiteral("10.139.1.2"))));
    QVERIFY(!text.contains(QStringLiteral("dnat ip6")));
}

void FirewallFilterTest::S_180_tunnel_isTheOnlyWay()
{
    FilterPlan plan = planOf("10.137.0.5", "action=accept\n");
    QVERIFY(!filterText(plan).contains("chain tunnel"));
    plan.isTunnel = true;
    const std::string text = filterText(plan);
    QVERIFY(text.contains("    chain tunnel {\n"
                          "        type filter hook forward priority filter - 5; policy accept;\n"
                          "        iifname \"vif*\" oifname != \"bulkhead-vpn\" drop\n"
                          "        iifname != \"bulkhead-vpn\" oifname \"vif*\" drop\n"
                          "    }\n"));
    // In the transaction that lets the first client through.
    QVERIFY(text.contains("meta mark set"));
}

void FirewallFilterTest::S_180_tor_isTheOnlyWay()
{
    FilterPlan plan = planOf("10.137.0.5", "action=accept\n");
    QVERIFY(!filterText(plan).contains("chain tor"));
    plan.isTor = true;
    plan.realServers = {address("192.0.2.53")};
    const std::string text = filterText(plan);
    QVERIFY(text.contains("    chain tor {\n"
                          "        type filter hook forward priority filter - 5; policy accept;\n"
                          "        iifname \"vif*\" drop\n"
                          "        oifname \"vif*\" drop\n"
                          "    }\n"));
    // A client's rules hold for where it wants to go, before Tor takes it there.
    QVERIFY(text.contains("        type filter hook prerouting priority dstnat - 5; policy accept;\n"
                          "        iifname \"vif*\" meta l4proto tcp jump by-source\n"
                          "        iifname \"vif*\" udp dport 53 jump by-source\n"));
    QVERIFY(text.contains("        type nat hook prerouting priority dstnat; policy accept;\n"
                          "        iifname \"vif*\" meta l4proto tcp redirect to :9040\n"
                          "        iifname \"vif*\" udp dport 53 redirect to :9053\n"));
    QVERIFY(
        text.contains("iifname != \"lo\" iifname != \"vif*\" meta l4proto { tcp, udp } th dport { 9040, 9053 } drop"));
    QVERIFY(!text.contains("dnat")); // no question for a name goes anywhere but into Tor
}

QTEST_GUILESS_MAIN(FirewallFilterTest)
#include "firewallfiltertest.moc"
