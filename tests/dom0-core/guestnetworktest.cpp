// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's half of the network, as far as it is values: what dom0 says, and what follows from it.
#include "dom0-core/guest/network/clienttable.h"
#include "dom0-core/guest/network/hidingcommand.h"
#include "dom0-core/guest/network/names.h"
#include "dom0-core/guest/network/tunnel.h"
#include "dom0-core/guest/network/uplinkplan.h"
#include "dom0-core/guest/network/wireguardconfig.h"
#include "vchan-io/wire/calls/firewallruletext.h"

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
    void connected_areWhatClientsReallyHave();
    void hidingCommand_takesAddressesOnly_data();
    void hidingCommand_takesAddressesOnly();
    void uplink_leadsToTheNetQube();
    void uplink_ofBothFamilies();
    void resolver_roundTrip();
    void table_takesWholeListsOnly();
    void table_keepsTheOldRulesWhileNewOnesAreWritten();
    void S_183_tableLetsNothingOutThatItCannotRead();
    void table_forgetsWhoIsTakenAway();
    void names_areReadAsAddresses();
    void tunnel_isWhatDom0Says();
    void tor_isWhatDom0Says();
    void wireGuard_fileOfAProviderIsRead();
    void wireGuard_whatIsNoneIsRefused_data();
    void wireGuard_whatIsNoneIsRefused();
    void tunnel_getsRoutesOfItsOwn();
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

void GuestNetworkTest::connected_areWhatClientsReallyHave()
{
    const std::vector seen{address("10.137.0.5"), address("10.137.0.9"), address("192.168.1.2")};
    QCOMPARE(realAddresses(seen, {}, {}), seen);
    QCOMPARE(realAddresses(seen,
                           {{"/mapped-ip/10.137.0.7/visible-ip", "192.168.1.2"},
                            {"/mapped-ip/10.137.0.7/visible-gateway", "192.168.1.1"}},
                           {}),
             (std::vector{address("10.137.0.5"), address("10.137.0.7"), address("10.137.0.9")}));
    // What one is told is what another has: that one is protected as before.
    QCOMPARE(
        realAddresses(seen, {{"/mapped-ip/10.137.0.7/visible-ip", "10.137.0.5"}}, {address("10.137.0.5")}),
        (std::vector{address("10.137.0.5"), address("10.137.0.7"), address("10.137.0.9"), address("192.168.1.2")}));
    QCOMPARE(realAddresses(seen, {{"/mapped-ip/x/visible-ip", "10.137.0.5"}, {"/mapped-ip/visible-ip", "::1"}}, {}),
             seen);
}

void GuestNetworkTest::hidingCommand_takesAddressesOnly_data()
{
    QTest::addColumn<QStringList>("words");
    QTest::addColumn<bool>("accepted");

    const QStringList good = QStringLiteral("hide vif5.0 10.137.0.5 192.168.1.2 10.137.0.6 192.168.1.1").split(u' ');
    const auto with = [&good](qsizetype place, const char *word) {
        QStringList words = good;
        words[place] = QString::fromLatin1(word);
        return words;
    };
    QTest::newRow("good") << good << true;
    QTest::newRow("another verb") << with(0, "show") << false;
    QTest::newRow("a quote in the interface") << with(1, "vif\"") << false;
    QTest::newRow("a long interface") << with(1, "vif5.0123456789a") << false;
    QTest::newRow("no interface") << with(1, "") << false;
    QTest::newRow("a command") << with(2, "10.137.0.5; flush ruleset") << false;
    QTest::newRow("IPv6") << with(3, "::1") << false;
    QTest::newRow("a network") << with(5, "192.168.1.0/24") << false;
    QTest::newRow("too few") << good.first(5) << false;
}

void GuestNetworkTest::hidingCommand_takesAddressesOnly()
{
    QFETCH(const QStringList, words);
    QFETCH(const bool, accepted);
    std::vector<std::string> plain;
    for (const QString &word : words) {
        plain.push_back(word.toStdString());
    }
    const auto commands = hidingCommands(plain);
    QCOMPARE(commands.has_value(), accepted);
    if (accepted) {
        QVERIFY(commands->contains("hook ingress device \"vif5.0\""));
        QVERIFY(commands->contains("ip saddr != 192.168.1.2 drop"));
    }
}

void GuestNetworkTest::uplink_leadsToTheNetQube()
{
    Keys wide = clientKeys();
    wide["/qubes-netmask"] = "255.255.255.0";
    QVERIFY(uplinkCommands(readSettings(wide), "eth0")
                .contains("addr replace 10.137.0.5/24 dev eth0 noprefixroute\n")); // everything goes by the net qube
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

void GuestNetworkTest::tunnel_isWhatDom0Says()
{
    QVERIFY(!readSettings({}).isTunnel);
    QVERIFY(!readSettings({{"/qubes-service/bulkhead-tunnel", "0"}}).isTunnel);
    QVERIFY(readSettings({{"/qubes-service/bulkhead-tunnel", "1"}}).isTunnel);
    QVERIFY(std::ranges::contains(SettingKeys, "/qubes-service/bulkhead-tunnel"));
}

void GuestNetworkTest::tor_isWhatDom0Says()
{
    QVERIFY(!readSettings({}).isTor);
    QVERIFY(!readSettings({{"/qubes-service/bulkhead-tor", "0"}}).isTor);
    QVERIFY(readSettings({{"/qubes-service/bulkhead-tor", "1"}}).isTor);
    QVERIFY(std::ranges::contains(SettingKeys, "/qubes-service/bulkhead-tor"));
}

void GuestNetworkTest::wireGuard_fileOfAProviderIsRead()
{
    const auto config = parseWireGuardConfig("# of a provider\r\n"
                                             "[Interface]\r\n"
                                             "PrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
                                             "Address = 10.8.0.2/32, fd00::2/128\n"
                                             "DNS = 10.8.0.1, vpn.example\n"
                                             "PostUp = reboot\n"
                                             "MTU=1380\n"
                                             "\n"
                                             "[Peer]\n"
                                             "PublicKey=BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB= # theirs\n"
                                             "AllowedIPs = 0.0.0.0/0,::/0\n"
                                             "Endpoint = vpn.Example:51820\n"
                                             "PersistentKeepalive = 25");
    QVERIFY2(config.has_value(), config ? "" : config.error().text().c_str());
    QCOMPARE(config->addresses.size(), std::size_t{2});
    QCOMPARE(config->nameServers, std::vector{address("10.8.0.1")});
    QCOMPARE(config->mtu, 1380U);
    QCOMPARE(config->allowed.size(), std::size_t{2});
    QCOMPARE(config->setup,
             std::string("[Interface]\nFwMark = 25192\nPrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                         "[Peer]\nPublicKey = BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB=\nAllowedIPs = 0.0.0.0/0\n"
                         "AllowedIPs = ::/0\nEndpoint = vpn.Example:51820\nPersistentKeepalive = 25\n"));
}

void GuestNetworkTest::wireGuard_whatIsNoneIsRefused_data()
{
    QTest::addColumn<QByteArray>("line");

    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no section") << QByteArray("PrivateKey = x");
    QTest::newRow("unknown section") << QByteArray("[Tunnel]");
    QTest::newRow("unknown setting") << QByteArray("[Interface]\nPrivate = x");
    QTest::newRow("short key") << QByteArray("[Interface]\nPrivateKey = AAAA=");
    QTest::newRow("no address") << QByteArray("[Interface]\nAddress = 10.8.0.2; reboot");
    QTest::newRow("one bad address of two") << QByteArray("[Interface]\nAddress = 10.8.0.2/32, x");
    QTest::newRow("MTU below IPv6's") << QByteArray("[Interface]\nMTU = 1279");
    QTest::newRow("endpoint without a port") << QByteArray("[Peer]\nEndpoint = vpn.example");
    QTest::newRow("endpoint with a bare IPv6 address") << QByteArray("[Peer]\nEndpoint = ::1:51820");
    QTest::newRow("peer without a key") << QByteArray("[Peer]\nAllowedIPs = ::/0\n[Peer]");
    QTest::newRow("zero byte") << QByteArray("[Interface]\0", 12);
    QTest::newRow("too long") << QByteArray(MaxConfigFile + 1, '#');
}

void GuestNetworkTest::wireGuard_whatIsNoneIsRefused()
{
    QFETCH(const QByteArray, line);
    const auto config = parseWireGuardConfig(line.toStdString());
    QVERIFY(!config);
    QCOMPARE(config.error().code, Errc::BadValue);
}

void GuestNetworkTest::tunnel_getsRoutesOfItsOwn()
{
    const WireGuardConfig config{.addresses = {Network::parse("10.8.0.2/32").value()},
                                 .nameServers = {},
                                 .allowed = {Network::parse("0.0.0.0/0").value()},
                                 .mtu = 1420,
                                 .setup = "the keys\n"};
    std::string text;
    const Tunnel::Options options{.ip = "ip", .wg = "wg", .file = {}};
    for (const auto &steps :
         {Tunnel::firstSteps(options, Tunnel::Wanted::KernelsWireGuard), Tunnel::setUpSteps(options, config)}) {
        for (const ProgramStep &step : steps) {
            text += step.call.path;
            for (const std::string &word : step.call.words) {
                text += " " + word;
            }
            text += (step.mayFail ? " || true\n" : "\n") + step.call.input;
        }
    }
    const std::string undone = "rule del priority 25190\nrule del priority 25191\n";
    const std::string rules = "rule add priority 25190 table main suppress_prefixlength 0\n"
                              "rule add priority 25191 not fwmark 25192 table 25192\n";
    QCOMPARE(text,
             "ip link del bulkhead-vpn || true\n"
             "ip -4 -force -batch - || true\n"
                 + undone + "ip -6 -force -batch - || true\n" + undone
                 + "ip link add bulkhead-vpn type wireguard\n"
                   "wg setconf bulkhead-vpn /dev/stdin\n"
                   "the keys\n"
                   "ip -batch -\n"
                   "link set bulkhead-vpn mtu 1420 up\n"
                   "addr replace 10.8.0.2/32 dev bulkhead-vpn\n"
                   "route replace 0.0.0.0/0 dev bulkhead-vpn table 25192\n"
                   "ip -4 -batch -\n"
                 + rules + "ip -6 -batch -\n" + rules);
    QCOMPARE(Tunnel::firstSteps({}, Tunnel::Wanted::Nothing).size(), std::size_t{3}); // only taken away
}

QTEST_GUILESS_MAIN(GuestNetworkTest)
#include "guestnetworktest.moc"
