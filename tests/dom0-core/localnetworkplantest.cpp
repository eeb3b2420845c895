// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/formatted.h"
#include "dom0-core/driver/local/networkplan.h"
#include "dom0-core/firewall/filter.h"

#include <QFile>
#include <QTest>

using namespace Bulkhead;

namespace
{

NetworkLink sample()
{
    return {.provider = *QubeName::parse("sys-firewall-with-a-long-name"),
            .providerDomain = DomId{2},
            .address = "10.137.0.5",
            .gateway = "10.137.0.6",
            .mac = "00:16:3e:5e:6c:00"};
}

NetworkPlan::Ends bothFamilies()
{
    return {.own = "10.137.0.5",
            .gateway = "10.137.0.6",
            .own6 = "fd09:24ef:4179::a89:5",
            .gateway6 = "fd09:24ef:4179::a89:6"};
}

} // namespace

class LocalNetworkPlanTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void names_fitIntoTheKernel();
    void link_isMadeInTheProviderWithItsOtherEndInTheClient();
    void model_client_reachesItsGatewayOutsideItsMask();
    void provider_knowsOneAddressALink();
    void hidden_clientIsToldAndTheProviderKnows();
    void rules_dropWhatIsNotNamed();
    void rules_bindAnAddressToALink();
    void rules_areTheSameOnXen();
    void outside_holdsTheAddressesThatChainsAskFor();
};

void LocalNetworkPlanTest::names_fitIntoTheKernel()
{
    // IFNAMSIZ counts the terminating zero.
    QVERIFY(NetworkPlan::vifName(DomId{MaxDomId}).size() <= 15);
    QVERIFY(NetworkPlan::outsideName(DomId{MaxDomId}).size() <= 15);
}

void LocalNetworkPlanTest::link_isMadeInTheProviderWithItsOtherEndInTheClient()
{
    QCOMPARE(NetworkPlan::makeLink(sample(), DomId{7}, "/proc/1/fd/9"),
             "link add vif7 address fe:ff:ff:ff:ff:ff type veth peer name eth0 address 00:16:3e:5e:6c:00 "
             "netns /proc/1/fd/9\n");
    auto anyMac = sample();
    anyMac.mac.clear();
    QCOMPARE(NetworkPlan::makeLink(anyMac, DomId{7}, "/n"),
             "link add vif7 address fe:ff:ff:ff:ff:ff type veth peer name eth0 netns /n\n");
}

void LocalNetworkPlanTest::model_client_reachesItsGatewayOutsideItsMask()
{
    const std::string only4 = "addr replace 10.137.0.5/32 dev eth0\n"
                              "link set eth0 up\n"
                              "route replace 10.137.0.6/32 dev eth0\n"
                              "route replace default via 10.137.0.6 dev eth0\n";
    QCOMPARE(NetworkPlan::setUpClientEnd(NetworkPlan::endsOf(sample())), only4);
    QCOMPARE(NetworkPlan::setUpClientEnd(bothFamilies()),
             only4
                 + "addr replace fd09:24ef:4179::a89:5/128 dev eth0 nodad\n"
                   "route replace fd09:24ef:4179::a89:6/128 dev eth0\n"
                   "route replace ::/0 via fd09:24ef:4179::a89:6 dev eth0\n");
}

void LocalNetworkPlanTest::provider_knowsOneAddressALink()
{
    const std::string only4 = "addr add 10.137.0.6/32 dev vif7\n"
                              "link set vif7 up\n"
                              "route add 10.137.0.5/32 dev vif7\n";
    QCOMPARE(NetworkPlan::setUpProviderEnd(NetworkPlan::endsOf(sample()), DomId{7}), only4);
    QCOMPARE(NetworkPlan::setUpProviderEnd(bothFamilies(), DomId{7}),
             only4
                 + "addr add fd09:24ef:4179::a89:6/128 dev vif7 nodad\n"
                   "route add fd09:24ef:4179::a89:5/128 dev vif7\n");
}

void LocalNetworkPlanTest::hidden_clientIsToldAndTheProviderKnows()
{
    QVERIFY(NetworkPlan::hideClient(sample(), DomId{7}).empty());
    auto link = sample();
    link.visibleAddress = "192.168.1.2";
    link.visibleGateway = "192.168.1.1";
    link.visiblePrefix = 24;
    QCOMPARE(NetworkPlan::setUpClientEnd(NetworkPlan::seenEndsOf(link)),
             "addr replace 192.168.1.2/24 dev eth0 noprefixroute\n"
             "link set eth0 up\n"
             "route replace 192.168.1.1/32 dev eth0\n"
             "route replace default via 192.168.1.1 dev eth0\n");
    QCOMPARE(NetworkPlan::setUpProviderEnd(NetworkPlan::endsOf(link), DomId{7}),
             "addr add 10.137.0.6/32 dev vif7\n"
             "link set vif7 up\n"
             "route add 10.137.0.5/32 dev vif7\n");
    const auto text = NetworkPlan::hideClient(link, DomId{7});
    QVERIFY(text.starts_with("table netdev bulkhead-vif7 { }\ndelete table netdev bulkhead-vif7\n"));
    QVERIFY(text.contains("ip saddr != 192.168.1.2 drop\n"));
    // One of the two alone is hidden, too.
    link.visibleAddress.clear();
    QVERIFY(NetworkPlan::hideClient(link, DomId{7}).contains("ip saddr != 10.137.0.5 drop\n"));
}

void LocalNetworkPlanTest::rules_dropWhatIsNotNamed()
{
    const auto rules = QByteArray::fromStdString(NetworkPlan::providerRules());
    QVERIFY(rules.contains("hook forward priority filter; policy drop;"));
    // What clients send passes with the firewall's mark and only up; what comes to them are answers.
    const qsizetype forward = rules.indexOf("chain forward");
    const auto lines = rules.mid(forward, rules.indexOf("chain postrouting") - forward);
    QCOMPARE(lines.count("accept"), 2);
    QVERIFY(lines.contains(
        QByteArray::fromStdString(formatted("iifname \"{0}\" oifname != \"{0}\" meta mark {1:#x} accept\n",
                                            Firewall::ClientInterfaces,
                                            Firewall::AcceptedMark))));
    QVERIFY(lines.contains("iifname != \"vif*\" oifname \"vif*\" ct state established,related accept\n"));
    QVERIFY(rules.contains("oifname != \"vif*\" oifname != \"lo\" masquerade"));
}

void LocalNetworkPlanTest::rules_areTheSameOnXen()
{
    QFile file(QStringLiteral(PROVIDER_RULES));
    QVERIFY(file.open(QIODevice::ReadOnly));
    auto rules = file.readAll();
    while (rules.startsWith('#')) {
        rules.remove(0, rules.indexOf('\n') + 1);
    }
    QCOMPARE(rules, QByteArray::fromStdString(NetworkPlan::providerRules()));
}

void LocalNetworkPlanTest::rules_bindAnAddressToALink()
{
    const auto rules = NetworkPlan::providerRules();
    const auto spoofing =
        rules.substr(rules.find("chain spoofing"), rules.find("chain input") - rules.find("chain spoofing"));
    QVERIFY(spoofing.contains("iifname . ip saddr @clients accept\n"));
    QVERIFY(spoofing.contains("iifname . ip6 saddr @clients6 accept\n"));
    QVERIFY(spoofing.ends_with("        drop\n    }\n    "));
    QCOMPARE(NetworkPlan::admitClient(DomId{7}, "10.137.0.5", ""),
             "add element inet bulkhead clients { \"vif7\" . 10.137.0.5 }\n");
    QCOMPARE(NetworkPlan::expelClient(DomId{7}, "10.137.0.5", "fd09:24ef:4179::a89:5"),
             "delete element inet bulkhead clients { \"vif7\" . 10.137.0.5 }\n"
             "delete element inet bulkhead clients6 { \"vif7\" . fd09:24ef:4179::a89:5 }\n");
}

void LocalNetworkPlanTest::outside_holdsTheAddressesThatChainsAskFor()
{
    QCOMPARE(NetworkPlan::setUpOutside(),
             "link set lo up\n"
             "addr replace 198.51.100.1/32 dev lo\n"
             "addr replace 2001:db8::1/128 dev lo\n"
             "addr replace 10.139.1.1/32 dev lo\n"
             "addr replace 10.139.1.2/32 dev lo\n");
    const std::string only4 = "link add out2 type veth peer name eth0 netns /n\n"
                              "link set out2 up\n"
                              "route add 10.137.0.6/32 dev out2\n";
    QCOMPARE(NetworkPlan::makeOutsideLink(DomId{2}, NetworkPlan::outsideEnds("10.137.0.6", ""), "/n"), only4);
    QCOMPARE(
        NetworkPlan::makeOutsideLink(DomId{2}, NetworkPlan::outsideEnds("10.137.0.6", "fd09:24ef:4179::a89:6"), "/n"),
        only4
            + "addr add 2001:db8::1/128 dev out2 nodad\n" // who asks for it on this link is answered on this link
              "route add fd09:24ef:4179::a89:6/128 dev out2\n");
}

QTEST_GUILESS_MAIN(LocalNetworkPlanTest)
#include "localnetworkplantest.moc"
