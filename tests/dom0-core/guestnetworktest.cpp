// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's half of the network, as far as it is values: what dom0 says, and what follows from it.
#include "dom0-core/firewall/ruletext.h"
#include "dom0-core/guest/network/clienttable.h"
#include "dom0-core/guest/network/names.h"
#include "dom0-core/guest/network/uplinkplan.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::GuestNetwork;
using Firewall::Network;

namespace
{

Network address(std::string_view text)
{
    return Network::parseAddress(text).value();
}

Keys clientKeys()
{
    return {{"/qubes-mac", "00:16:3e:5e:6c:00"},
            {"/qubes-ip", "10.137.0.5"},
            {"/qubes-netmask", "255.255.255.255"},
            {"/qubes-gateway", "10.137.0.6"},
            {"/qubes-primary-dns", "10.139.1.1"},
            {"/qubes-secondary-dns", "10.139.1.2"}};
}

/// The entries of one client, complete.
Keys rulesOf(const std::string &client, const std::string &rule)
{
    return {{"/qubes-firewall/" + client, ""},
            {"/qubes-firewall/" + client + "/policy", "drop"},
            {"/qubes-firewall/" + client + "/0000", rule}};
}

Keys below(const Keys &keys, const std::string &prefix)
{
    Keys found;
    for (const auto &[path, value] : keys) {
        if (path.starts_with(prefix)) {
            found.emplace(path, value);
        }
    }
    return found;
}

} // namespace

class GuestNetworkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void settings_ofAClient();
    void settings_ofANetQube();
    void settings_thatMakeNoSenseAreNotThere_data();
    void settings_thatMakeNoSenseAreNotThere();
    void netmask_isReadInBothSpellings_data();
    void netmask_isReadInBothSpellings();
    void uplink_leadsToTheNetQube();
    void uplink_ofBothFamilies();
    void resolver_roundTrip();
    void table_takesWholeListsOnly();
    void table_keepsTheOldRulesWhileNewOnesAreWritten();
    void S_183_tableLetsNothingOutThatItCannotRead();
    void table_forgetsWhoIsTakenAway();
    void names_areReadAsAddresses();
};

void GuestNetworkTest::settings_ofAClient()
{
    const auto settings = readSettings(clientKeys());
    QCOMPARE(settings.mac, std::string("00:16:3e:5e:6c:00"));
    QVERIFY(settings.v4.has_value());
    QCOMPARE(settings.v4->own.text(), std::string("10.137.0.5/32"));
    QCOMPARE(settings.v4->gateway, address("10.137.0.6"));
    QVERIFY(!settings.v6);
    QCOMPARE(settings.nameServers, (std::vector{address("10.139.1.1"), address("10.139.1.2")}));
    QVERIFY(!settings.isProvider);
    QVERIFY(settings.connected.empty());
}

void GuestNetworkTest::settings_ofANetQube()
{
    const auto settings = readSettings({{"/qubes-netvm-network", "10.137.0.6"},
                                        {"/qubes-netvm-primary-dns", "10.139.1.1"},
                                        {"/qubes-netvm-secondary-dns", "10.139.1.2"},
                                        {"/connected-ips", "10.137.0.7 10.137.0.5 10.137.0.7 nonsense ::1"},
                                        {"/connected-ips6", "fd09:24ef:4179::a89:5 10.0.0.1"}});
    QVERIFY(settings.isProvider);
    QVERIFY(!settings.v4);
    QCOMPARE(settings.clientNameServers, (std::vector{address("10.139.1.1"), address("10.139.1.2")}));
    QCOMPARE(settings.connected,
             (std::vector{address("10.137.0.5"), address("10.137.0.7"), address("fd09:24ef:4179::a89:5")}));
}

void GuestNetworkTest::settings_thatMakeNoSenseAreNotThere_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");

    QTest::newRow("IPv6 for IPv4") << "/qubes-ip" << "::1";
    QTest::newRow("a command") << "/qubes-ip" << "10.137.0.5; reboot";
    QTest::newRow("two lines") << "/qubes-ip" << "10.137.0.5\nlink del eth0";
    QTest::newRow("no gateway") << "/qubes-gateway" << "";
    QTest::newRow("a network for a gateway") << "/qubes-gateway" << "10.137.0.6/8";
    QTest::newRow("netmask with a hole") << "/qubes-netmask" << "255.0.255.0";
    QTest::newRow("long netmask") << "/qubes-netmask" << "33";
    QTest::newRow("netmask with an end") << "/qubes-netmask" << "24 ";
}

void GuestNetworkTest::settings_thatMakeNoSenseAreNotThere()
{
    QFETCH(const QString, key);
    QFETCH(const QString, value);
    Keys keys = clientKeys();
    keys.insert_or_assign(key.toStdString(), value.toStdString());
    const auto settings = readSettings(keys);
    QVERIFY(!settings.v4);
    QVERIFY(uplinkCommands(settings, "eth0").empty());
}

void GuestNetworkTest::netmask_isReadInBothSpellings_data()
{
    QTest::addColumn<QString>("netmask");
    QTest::addColumn<int>("prefix");

    QTest::newRow("all") << "255.255.255.255" << 32;
    QTest::newRow("none") << "0.0.0.0" << 0;
    QTest::newRow("bytes") << "255.255.0.0" << 16;
    QTest::newRow("bits") << "255.255.240.0" << 20;
    QTest::newRow("number") << "24" << 24;
    QTest::newRow("smallest number") << "0" << 0;
}

void GuestNetworkTest::netmask_isReadInBothSpellings()
{
    QFETCH(const QString, netmask);
    QFETCH(const int, prefix);
    Keys keys = clientKeys();
    keys["/qubes-netmask"] = netmask.toStdString();
    const auto settings = readSettings(keys);
    QVERIFY(settings.v4.has_value());
    QCOMPARE(int{settings.v4->own.prefix}, prefix);
}

void GuestNetworkTest::uplink_leadsToTheNetQube()
{
    QCOMPARE(uplinkCommands(readSettings(clientKeys()), "eth0"),
             std::string("link set eth0 up\n"
                         "addr replace 10.137.0.5/32 dev eth0\n"
                         "route replace 10.137.0.6/32 dev eth0\n"
                         "route replace 0.0.0.0/0 via 10.137.0.6 dev eth0\n"));
    QCOMPARE(uplinkCommands({}, "eth0"), std::string());
}

void GuestNetworkTest::uplink_ofBothFamilies()
{
    Keys keys = clientKeys();
    keys["/qubes-ip6"] = "fd09:24ef:4179::a89:5";
    keys["/qubes-gateway6"] = "fd09:24ef:4179::a89:6";
    QVERIFY(uplinkCommands(readSettings(keys), "eth0")
                .ends_with("addr replace fd09:24ef:4179::a89:5/128 dev eth0 nodad\n"
                           "route replace fd09:24ef:4179::a89:6/128 dev eth0\n"
                           "route replace ::/0 via fd09:24ef:4179::a89:6 dev eth0\n"));
}

void GuestNetworkTest::resolver_roundTrip()
{
    const auto settings = readSettings(clientKeys());
    QCOMPARE(resolverText(settings), std::string("nameserver 10.139.1.1\nnameserver 10.139.1.2\n"));
    QCOMPARE(serversInResolverText(resolverText(settings)), settings.nameServers);
    QCOMPARE(serversInResolverText("# nameserver 192.0.2.1\nsearch lan\nnameserver\t192.0.2.2 \nnameservers 192.0.2.3\n"
                                   "nameserver nonsense\nnameserver 2001:db8::1"),
             (std::vector{address("192.0.2.2"), address("2001:db8::1")}));
    QCOMPARE(resolverText({}), std::string());
}

void GuestNetworkTest::table_takesWholeListsOnly()
{
    ClientTable table;
    Keys keys = rulesOf("10.137.0.5", "action=accept");
    keys.merge(rulesOf("10.137.0.7", "action=drop"));
    keys.erase("/qubes-firewall/10.137.0.7"); // still being written
    table.load(keys);
    QCOMPARE(table.clients().size(), std::size_t{1});
    QCOMPARE(table.clients().at(address("10.137.0.5")), Firewall::defaultRules());
}

void GuestNetworkTest::table_keepsTheOldRulesWhileNewOnesAreWritten()
{
    ClientTable table;
    table.load(rulesOf("10.137.0.5", "action=accept"));
    const std::string tree = "/qubes-firewall/10.137.0.5/";
    QVERIFY(!table.noteChange(tree)); // the old ones are removed
    QVERIFY(!table.noteChange(tree + "policy"));
    QVERIFY(!table.noteChange(tree + "0000"));
    QCOMPARE(table.clients().at(address("10.137.0.5")), Firewall::defaultRules());
    QCOMPARE(table.noteChange("/qubes-firewall/10.137.0.5"), tree);
    const auto fresh = below(rulesOf("10.137.0.5", "action=drop proto=tcp"), tree);
    // Written once more before they were read: what was read may be half of it.
    QVERIFY(!table.noteChange(tree));
    QVERIFY(!table.take(tree, fresh));
    QCOMPARE(table.clients().at(address("10.137.0.5")), Firewall::defaultRules());
    QVERIFY(table.noteChange("/qubes-firewall/10.137.0.5"));
    QVERIFY(table.take(tree, fresh));
    QCOMPARE(Firewall::textOf(table.clients().at(address("10.137.0.5"))), std::string("action=drop proto=tcp\n"));
    QVERIFY(!table.noteChange("/qubes-ip"));
    QVERIFY(table.takeComplaints().empty());
}

void GuestNetworkTest::S_183_tableLetsNothingOutThatItCannotRead()
{
    ClientTable table;
    Keys keys = rulesOf("10.137.0.5", "action=accept; flush ruleset");
    keys.merge(rulesOf("10.137.0.7", "action=accept"));
    keys.merge(rulesOf("10.137.0.07", "action=accept"));             // no address
    keys.merge(rulesOf("fd09:24ef:4179:0::a89:5", "action=accept")); // a second spelling
    table.load(keys);
    QCOMPARE(table.clients().size(), std::size_t{2});
    QVERIFY(table.clients().at(address("10.137.0.5")).empty());
    QVERIFY(!table.clients().at(address("10.137.0.7")).empty());
    QVERIFY(table.takeComplaints().size() >= 3);
    QVERIFY(table.takeComplaints().empty());
    // A later list that makes no sense takes the rules away that were there.
    QVERIFY(table.take(
        "/qubes-firewall/10.137.0.7/",
        {{"/qubes-firewall/10.137.0.7/policy", "accept"}, {"/qubes-firewall/10.137.0.7/0000", "action=accept"}}));
    QVERIFY(table.clients().at(address("10.137.0.7")).empty());
}

void GuestNetworkTest::table_forgetsWhoIsTakenAway()
{
    ClientTable table;
    table.load(rulesOf("10.137.0.5", "action=accept"));
    QVERIFY(!table.noteChange("/qubes-firewall/10.137.0.5/"));
    QCOMPARE(table.noteChange("/qubes-firewall/10.137.0.5"), "/qubes-firewall/10.137.0.5/");
    QVERIFY(table.take("/qubes-firewall/10.137.0.5/", {}));
    QVERIFY(table.clients().empty());
    QVERIFY(!table.take("/qubes-firewall/10.137.0.5/", {}));
    table.load(rulesOf("10.137.0.5", "action=accept"));
    QCOMPARE(table.noteChange("/qubes-firewall/"), "/qubes-firewall/"); // all at once
    QVERIFY(table.take("/qubes-firewall/", {}));
    QVERIFY(table.clients().empty());
}

void GuestNetworkTest::names_areReadAsAddresses()
{
    QCOMPARE(
        addressesIn("192.0.2.9      STREAM known.example\n192.0.2.9      DGRAM\n2001:db8::7    STREAM\nnonsense RAW\n"),
        (std::vector{address("192.0.2.9"), address("2001:db8::7")}));
    QVERIFY(addressesIn("").empty());
}

QTEST_GUILESS_MAIN(GuestNetworkTest)
#include "guestnetworktest.moc"
