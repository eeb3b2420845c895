// SPDX-License-Identifier: GPL-2.0-or-later
// What a net qube translates for a client that is told other addresses than it has; packets go through it in
// localnetworktest.cpp.
#include "dom0-core/firewall/hiddenaddress.h"

#include <QRegularExpression>
#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Firewall;

namespace
{

Network address(std::string_view text)
{
    return Network::parseAddress(text).value();
}

HiddenAddress sample()
{
    return {.interface = "vif7",
            .real = address("10.137.0.5"),
            .visible = address("192.168.1.2"),
            .gateway = address("10.137.0.6"),
            .visibleGateway = address("192.168.1.1")};
}

/// What a checksum makes of an address, modulo the words of ones' complement.
std::uint32_t sumOf(const Network &network)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        sum += std::uint32_t{network.bytes.at(i)} << (i % 2 == 0 ? 8 : 0);
    }
    return sum % 0xFFFF;
}

} // namespace

class HiddenAddressTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void text_translatesBothWays();
    void S_180_textLetsNothingElseThrough();
    void text_ofTheGatewayAlone();
    void errors_keepTheirChecksum_data();
    void errors_keepTheirChecksum();
};

void HiddenAddressTest::text_translatesBothWays()
{
    const auto text = hidingText(sample());
    QVERIFY(text.starts_with("table netdev bulkhead-vif7 { }\ndelete table netdev bulkhead-vif7\n"));
    QCOMPARE(unhidingText("vif5.0"), "table netdev bulkhead-vif5.0 { }\ndelete table netdev bulkhead-vif5.0\n");
    QVERIFY(text.contains("        arp saddr ip 192.168.1.2 arp daddr ip 192.168.1.1 "
                          "arp saddr ip set 10.137.0.5 arp daddr ip set 10.137.0.6 accept\n"));
    QVERIFY(text.contains("        ip daddr 192.168.1.1 ip daddr set 10.137.0.6\n"
                          "        ip saddr set 10.137.0.5 accept\n"));
    QVERIFY(text.contains("        arp saddr ip 10.137.0.6 arp daddr ip 10.137.0.5 "
                          "arp saddr ip set 192.168.1.1 arp daddr ip set 192.168.1.2 accept\n"));
    QVERIFY(text.contains("        ip daddr set 192.168.1.2 goto from-gateway\n"));
    QVERIFY(text.contains("        ip saddr 10.137.0.6 ip saddr set 192.168.1.1\n"));
}

void HiddenAddressTest::S_180_textLetsNothingElseThrough()
{
    const auto text = QString::fromStdString(hidingText(sample()));
    QVERIFY(text.contains(u"hook ingress device \"vif7\" priority -500; policy drop;\n"));
    QVERIFY(text.contains(u"hook egress device \"vif7\" priority 500; policy drop;\n"));
    const auto fromClient = text.left(text.indexOf(u"chain from-gateway"));
    const auto drop = fromClient.indexOf(u"        ip saddr != 192.168.1.2 drop\n");
    QVERIFY(drop > 0 && drop < fromClient.indexOf(u"ip saddr set"));
    QVERIFY(fromClient.contains(u"        ip daddr 10.137.0.5 drop\n        ip daddr 10.137.0.6 drop\n"));
    QVERIFY(text.contains(u"        ip daddr != 10.137.0.5 drop\n"));
    // An error about a packet of another's, or to the net qube's own address, would tell of it.
    QVERIFY(text.contains(u"        @th,160,32 != 176750597 drop\n        @th,192,32 176750598 drop\n"));
}

void HiddenAddressTest::text_ofTheGatewayAlone()
{
    auto hidden = sample();
    hidden.visible = hidden.real;
    const auto text = hidingText(hidden);
    QVERIFY(!text.contains("ip daddr 10.137.0.5 drop")); // its own, which it knows
    QVERIFY(text.contains("ip daddr 10.137.0.6 drop"));
}

void HiddenAddressTest::errors_keepTheirChecksum_data()
{
    QTest::addColumn<QString>("real");
    QTest::addColumn<QString>("visible");

    QTest::newRow("to a greater one") << "10.137.0.5" << "192.168.1.2";
    QTest::newRow("to a smaller one") << "192.168.255.255" << "1.0.0.1";
    QTest::newRow("of the same sum") << "10.137.0.5" << "10.138.0.4";
    QTest::newRow("the same") << "10.137.0.5" << "10.137.0.5";
}

void HiddenAddressTest::errors_keepTheirChecksum()
{
    QFETCH(const QString, real);
    QFETCH(const QString, visible);
    auto hidden = sample();
    hidden.real = address(real.toStdString());
    hidden.visible = address(visible.toStdString());
    static const QRegularExpression rule(
        QStringLiteral("icmp type (\\d+) icmp code (\\d+) icmp type set (\\d+) icmp code set (\\d+) "
                       "@th,0,16 set (\\d+) @th,160,32 set"));
    auto found = rule.globalMatch(QString::fromStdString(hidingText(hidden)));
    int count = 0;
    while (found.hasNext()) {
        const auto match = found.next();
        const auto number = [&match](int group) {
            return match.captured(group).toUInt();
        };
        const std::uint32_t before = number(1) << 8 | number(2);
        const std::uint32_t shifted = number(3) << 8 | number(4);
        QVERIFY(number(3) < 256 && number(4) < 256);
        QCOMPARE((before + sumOf(hidden.visible)) % 0xFFFF, (shifted + sumOf(hidden.real)) % 0xFFFF);
        QCOMPARE(number(5), before); // and is what it was again
        ++count;
    }
    QCOMPARE(count, 9);
}

QTEST_GUILESS_MAIN(HiddenAddressTest)
#include "hiddenaddresstest.moc"
