// SPDX-License-Identifier: GPL-2.0-or-later
// The grammar of firewall rules, and their canonical text.
#include "vchan-io/wire/calls/firewallruletext.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Firewall;

class FirewallRuleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void text_isCanonical_data();
    void text_isCanonical();
    void S_183_nothingButRulesIsTaken_data();
    void S_183_nothingButRulesIsTaken();
    void S_183_noRuleLeavesItsAlphabet();
    void rules_tellTheLine();
    void rules_areLimited();
    void published_hasNeitherEndNorComment();
};

void FirewallRuleTest::text_isCanonical_data()
{
    QTest::addColumn<QString>("given");
    QTest::addColumn<QString>("canonical");

    QTest::newRow("everything") << "action=accept" << "action=accept";
    QTest::newRow("the order of keys") << "icmptype=8 proto=icmp dst4=10.0.0.1 expire=5 action=drop comment=a b"
                                       << "action=drop expire=5 dst4=10.0.0.1/32 proto=icmp icmptype=8 comment=a b";
    QTest::newRow("dns") << "action=accept dstports=53 specialtarget=dns proto=udp"
                         << "action=accept proto=udp specialtarget=dns dstports=53-53";
    QTest::newRow("a range of ports") << "action=accept proto=tcp dstports=0-65535"
                                      << "action=accept proto=tcp dstports=0-65535";
    QTest::newRow("IPv4 by any name") << "action=drop dst6=192.0.2.0/24" << "action=drop dst4=192.0.2.0/24";
    QTest::newRow("IPv6 by any name") << "action=drop dsthost=2001:DB8:0:0::1" << "action=drop dst6=2001:db8::1/128";
    QTest::newRow("IPv6 network") << "action=drop dst6=2001:db8::/32" << "action=drop dst6=2001:db8::/32";
    QTest::newRow("every IPv4") << "action=drop dst4=0.0.0.0/0" << "action=drop dst4=0.0.0.0/0";
    QTest::newRow("a name by any name") << "action=accept dst4=example.com" << "action=accept dsthost=example.com";
    QTest::newRow("a name") << "action=accept dstname=a-b_c.d1" << "action=accept dsthost=a-b_c.d1";
    QTest::newRow("a comment with keys' letters") << "action=drop comment=see [1]; x:y,z/w"
                                                  << "action=drop comment=see [1]; x:y,z/w";
    QTest::newRow("no comment") << "action=drop comment=" << "action=drop";
}

void FirewallRuleTest::text_isCanonical()
{
    QFETCH(const QString, given);
    QFETCH(const QString, canonical);
    const auto rule = parseRule(given.toStdString());
    QVERIFY2(rule.has_value(), rule ? "" : rule.error().detail.c_str());
    QCOMPARE(QString::fromStdString(textOf(*rule)), canonical);
    QCOMPARE(parseRule(textOf(*rule)).value(), *rule);
}

void FirewallRuleTest::S_183_nothingButRulesIsTaken_data()
{
    QTest::addColumn<QString>("line");

    QTest::newRow("empty") << "";
    QTest::newRow("no action") << "proto=tcp";
    QTest::newRow("unknown action") << "action=reject";
    QTest::newRow("capitals") << "action=Accept";
    QTest::newRow("unknown key") << "action=accept src=10.0.0.1";
    QTest::newRow("no value") << "action=accept proto";
    QTest::newRow("empty value") << "action=accept dsthost=";
    QTest::newRow("twice") << "action=accept action=drop";
    QTest::newRow("two destinations") << "action=accept dst4=10.0.0.1 dsthost=example.com";
    QTest::newRow("two blanks") << "action=accept  proto=tcp";
    QTest::newRow("blank before") << " action=accept";
    QTest::newRow("blank behind") << "action=accept ";
    QTest::newRow("tab") << "action=accept\tproto=tcp";
    QTest::newRow("carriage return") << "action=accept\r";
    QTest::newRow("comment first") << "comment=x action=accept";
    QTest::newRow("comment alone") << "comment=x";
    QTest::newRow("comment glued") << "action=acceptcomment=x";
    QTest::newRow("comment with a quote") << "action=accept comment=it's";
    QTest::newRow("comment with an equals sign") << "action=accept comment=a=b";
    QTest::newRow("three dots, too large") << "action=accept dst4=256.0.0.1";
    QTest::newRow("leading zero") << "action=accept dst4=010.0.0.1";
    QTest::newRow("two dots") << "action=accept dst4=10.0.1";
    QTest::newRow("a number") << "action=accept dst4=1234";
    QTest::newRow("IPv4 prefix") << "action=accept dst4=10.0.0.0/33";
    QTest::newRow("IPv6 prefix") << "action=accept dst6=::/129";
    QTest::newRow("no prefix") << "action=accept dst4=10.0.0.0/";
    QTest::newRow("signed prefix") << "action=accept dst4=10.0.0.0/+8";
    QTest::newRow("two prefixes") << "action=accept dst4=10.0.0.0/8/8";
    QTest::newRow("zone of IPv6") << "action=accept dst6=fe80::1%eth0";
    QTest::newRow("name with a capital") << "action=accept dsthost=Example.com";
    QTest::newRow("name like an option") << "action=accept dsthost=-v";
    QTest::newRow("name with a slash") << "action=accept dsthost=example.com/24";
    QTest::newRow("unknown protocol") << "action=accept proto=sctp";
    QTest::newRow("ports of ICMP") << "action=accept proto=icmp dstports=1";
    QTest::newRow("ports of nothing") << "action=accept dstports=1";
    QTest::newRow("ports reversed") << "action=accept proto=tcp dstports=2-1";
    QTest::newRow("port too large") << "action=accept proto=tcp dstports=65536";
    QTest::newRow("three ports") << "action=accept proto=tcp dstports=1-2-3";
    QTest::newRow("open range") << "action=accept proto=tcp dstports=1-";
    QTest::newRow("signed port") << "action=accept proto=tcp dstports=+1";
    QTest::newRow("ICMP type of TCP") << "action=accept proto=tcp icmptype=1";
    QTest::newRow("ICMP type too large") << "action=accept proto=icmp icmptype=256";
    QTest::newRow("unknown target") << "action=accept specialtarget=proxy";
    QTest::newRow("end with a sign") << "action=accept expire=-1";
    QTest::newRow("end too late") << "action=accept expire=99999999999999";
    QTest::newRow("nft behind a name") << "action=accept dsthost=a;flush";
    QTest::newRow("nft in braces") << "action=accept dst4={10.0.0.1}";
    QTest::newRow("shell") << "action=accept dsthost=$(reboot)";
}

void FirewallRuleTest::S_183_nothingButRulesIsTaken()
{
    QFETCH(const QString, line);
    const auto rule = parseRule(line.toStdString());
    QVERIFY(!rule);
    QCOMPARE(rule.error().code, Errc::BadValue);
    QVERIFY(!rule.error().detail.empty());
}

void FirewallRuleTest::S_183_noRuleLeavesItsAlphabet()
{
    const std::string allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:;,./-_[] ";
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        QCOMPARE(parseRule(std::string("action=drop comment=x") + c).has_value(), allowed.contains(c));
        const bool isHost = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        QCOMPARE(parseRule(std::string("action=drop dsthost=x") + c + 'x').has_value(), isHost);
    }
    QVERIFY(!parseRule(std::string("action=drop\0", 12)));
}

void FirewallRuleTest::rules_tellTheLine()
{
    QCOMPARE(parseRules("").value().size(), std::size_t{0});
    QCOMPARE(parseRules("action=drop").value().size(), std::size_t{1});
    QCOMPARE(textOf(parseRules("action=drop\naction=accept\n").value()), std::string("action=drop\naction=accept\n"));
    const auto bad = parseRules("action=drop\naction=accept\nproto=tcp\n");
    QVERIFY(!bad);
    QVERIFY(bad.error().detail.starts_with("line 3: "));
    QVERIFY(!parseRules("action=drop\n\naction=accept\n")); // an empty line is no rule
    QVERIFY(!parseRules("\n"));
}

void FirewallRuleTest::rules_areLimited()
{
    std::string text;
    for (std::size_t i = 0; i < MaxRules; ++i) {
        text += "action=drop\n";
    }
    QCOMPARE(parseRules(text).value().size(), MaxRules);
    QCOMPARE(parseRules(text + "action=drop\n").error().code, Errc::TooMuch);
}

void FirewallRuleTest::published_hasNeitherEndNorComment()
{
    const Rule rule = parseRule("action=accept expire=9 dst4=10.0.0.1 proto=tcp dstports=80 comment=x").value();
    QCOMPARE(publishedTextOf(rule), std::string("action=accept dst4=10.0.0.1/32 proto=tcp dstports=80-80"));
    QVERIFY(parsePublishedRule(publishedTextOf(rule)));
    QVERIFY(!parsePublishedRule(textOf(rule)));
    QVERIFY(!parsePublishedRule("action=accept comment=x"));
}

QTEST_GUILESS_MAIN(FirewallRuleTest)
#include "firewallruletest.moc"
