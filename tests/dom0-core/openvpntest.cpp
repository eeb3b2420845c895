// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's half of an OpenVPN tunnel: a provider's file, and OpenVPN kept running. Programs that stand in for
// OpenVPN and ip are scripts that note what they are told.
#include "base/clock.h"
#include "dom0-core/guest/network/openvpntunnel.h"
#include "dom0-core/guest/network/tunnel.h"
#include "tests/support/eventually.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fstream>
#include <functional>
#include <sstream>

using namespace Bulkhead;
using namespace Bulkhead::GuestNetwork;
using Firewall::Network;
using namespace std::string_literals;
namespace fs = std::filesystem;

namespace
{

/// The least that is a client's file.
const std::string Least = "client\nremote vpn.example.org\nca ca.crt\n";

std::string read(const fs::path &path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

void writeFile(const fs::path &path, const std::string &text)
{
    std::ofstream(path) << text;
}

void writeProgram(const fs::path &path, const std::string &text)
{
    writeFile(path, "#!/bin/sh\n" + text);
    fs::permissions(path, fs::perms::owner_all);
}

std::string wordsOf(const std::vector<ProgramStep> &steps)
{
    std::string text;
    for (const ProgramStep &step : steps) {
        text += step.call.path;
        for (const std::string &word : step.call.words) {
            text += " " + word;
        }
        text += (step.mayFail ? " || true\n" : "\n") + step.call.input;
    }
    return text;
}

} // namespace

class OpenVpnTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void config_ofAProviderIsRead();
    void config_leavesOutWhatRunsOrRoutes_data();
    void config_leavesOutWhatRunsOrRoutes();
    void config_thatIsNoneIsRefused_data();
    void config_thatIsNoneIsRefused();
    void config_isReadAsItIsWritten();
    void program_getsOurWordsAndTheFilesText();
    void routes_leadEverythingButItsOwnPackets();
    void state_isWhatTheHookNotes_data();
    void state_isWhatTheHookNotes();
    void hook_notesWhatThePeerSaid_data();
    void hook_notesWhatThePeerSaid();
    void tunnel_comesWithThePeerAndGoesWithTheProgram();
    void tunnel_restartsOnANewFileAndPrefersWireGuard();
    void tunnel_takesAProgramWhereTheKernelHasNoWireGuard();

private:
    [[nodiscard]] Tunnel::Options options() const;
    void writeStandIns() const;
    [[nodiscard]] bool turnUntil(const std::function<bool()> &condition) const;

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
    BootClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
};

void OpenVpnTest::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
    m_loop = *EventLoop::create(m_clock);
}

Tunnel::Options OpenVpnTest::options() const
{
    return {.ip = m_folder / "ip",
            .wg = m_folder / "wg",
            .file = m_folder / "vpn/wireguard.conf",
            .openVpn = {.ip = m_folder / "ip",
                        .program = m_folder / "stand-in-for-openvpn",
                        .hook = OPENVPN_HOOK,
                        .state = m_folder / "run/openvpn",
                        .folder = m_folder / "vpn"},
            .wireGuard = {.program = m_folder / "stand-in-for-wireguard",
                          .socket = m_folder / "wireguard/bulkhead-vpn.sock"}};
}

/// OpenVPN's notes what it reads, says that its device has come, and goes on until it is killed.
void OpenVpnTest::writeStandIns() const
{
    const std::string folder = m_folder.string();
    writeProgram(m_folder / "ip", "{ echo \"ip $*\"; cat; } >>" + folder + "/did\n");
    writeProgram(m_folder / "wg", "{ echo \"wg $*\"; cat; } >>" + folder + "/did\n");
    writeProgram(m_folder / "stand-in-for-openvpn",
                 "echo \"$$\" >" + folder + "/pid\ncat >" + folder + "/config\n" + "export bulkhead_state=" + folder
                     + "/run/openvpn script_type=up\n"
                     + "export foreign_option_1='dhcp-option DNS 10.8.0.1'\n" OPENVPN_HOOK "\nexec sleep 1000\n");
}

bool OpenVpnTest::turnUntil(const std::function<bool()> &condition) const
{
    return QTest::qWaitFor(
        [&] {
            m_loop->runUntilIdle();
            return condition();
        },
        Test::LongestMs);
}

void OpenVpnTest::config_ofAProviderIsRead()
{
    const auto config = parseOpenVpnConfig("# of a provider\r\n"
                                           "client\r\n"
                                           "dev tun\n"
                                           "proto udp\n"
                                           "remote vpn.Example.org 1194 udp ; the first\n"
                                           "remote 2001:db8::1 443 tcp\n"
                                           "verify-x509-name \"C=XX, CN=vpn\" subject\n"
                                           "auth-user-pass /etc/passwd\n"
                                           "tls-auth ta.key 1\n"
                                           "cipher 'AES-256-GCM'\n"
                                           "<connection>\n"
                                           "remote 192.0.2.1 1195\n"
                                           "</connection>\n"
                                           "<ca>\n"
                                           "-----BEGIN CERTIFICATE-----\n"
                                           "up /bin/reboot\n"
                                           "-----END CERTIFICATE-----\n"
                                           "</ca>\n");
    QVERIFY2(config.has_value(), config ? "" : config.error().text().c_str());
    QCOMPARE(config->text,
             "client\n"
             "proto \"udp\"\n"
             "remote \"vpn.Example.org\" \"1194\" \"udp\"\n"
             "remote \"2001:db8::1\" \"443\" \"tcp\"\n"
             "verify-x509-name \"C=XX, CN=vpn\" \"subject\"\n"
             "auth-user-pass \"openvpn.login\"\n"
             "tls-auth \"ta.key\" \"1\"\n"
             "cipher \"AES-256-GCM\"\n"
             "<connection>\n"
             "remote \"192.0.2.1\" \"1195\"\n"
             "</connection>\n"
             "<ca>\n"
             "-----BEGIN CERTIFICATE-----\n"
             "up /bin/reboot\n" // a line of the certificate's, which is no setting there
             "-----END CERTIFICATE-----\n"
             "</ca>\n"s);
}

void OpenVpnTest::config_leavesOutWhatRunsOrRoutes_data()
{
    QTest::addColumn<QByteArray>("line");
    for (const char *const line : {"up /etc/openvpn/update-resolv-conf",
                                   "up '/bin/sh -c \"reboot\"'",
                                   "down /bin/reboot",
                                   "script-security 3",
                                   "plugin /tmp/evil.so",
                                   "route-up /bin/reboot",
                                   "tls-verify /bin/reboot",
                                   "iproute /tmp/evil",
                                   "ipchange /bin/reboot",
                                   "setenv PATH /tmp",
                                   "redirect-gateway def1",
                                   "route 10.0.0.0 255.0.0.0 net_gateway",
                                   "route-nopull",
                                   "persist-tun",
                                   "mark 1",
                                   "user nobody",
                                   "log /etc/passwd",
                                   "status /etc/passwd",
                                   "writepid /etc/passwd",
                                   "management 0.0.0.0 7505",
                                   "dev tun7"}) {
        QTest::newRow(line) << QByteArray(line);
    }
}

void OpenVpnTest::config_leavesOutWhatRunsOrRoutes()
{
    QFETCH(const QByteArray, line);
    const auto config = parseOpenVpnConfig(Least + line.toStdString() + "\n");
    QVERIFY2(config.has_value(), config ? "" : config.error().text().c_str());
    QCOMPARE(config->text, parseOpenVpnConfig(Least)->text);
}

void OpenVpnTest::config_thatIsNoneIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArray least = QByteArray::fromStdString(Least);
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no client's") << QByteArray("remote vpn.example.org\nca ca.crt\n");
    QTest::newRow("no peer") << QByteArray("client\nca ca.crt\n");
    QTest::newRow("a peer that anybody could be") << QByteArray("client\nremote vpn.example.org\n");
    QTest::newRow("unknown setting") << least + "learn-address /bin/reboot";
    QTest::newRow("another configuration") << least + "config /etc/other";
    QTest::newRow("a key that both have") << least + "secret static.key";
    QTest::newRow("a bridge") << least + "dev tap";
    QTest::newRow("a server's protocol") << least + "proto tcp-server";
    QTest::newRow("no host") << least + "remote -x";
    QTest::newRow("no port") << least + "remote vpn.example.org 65536";
    QTest::newRow("a file elsewhere") << least + "cert ../../etc/passwd";
    QTest::newRow("a hidden file") << least + "key .ssh";
    QTest::newRow("a file without a name") << least + "key";
    QTest::newRow("too many words") << least + "cipher A B";
    QTest::newRow("a quote without its end") << least + "cipher \"AES";
    QTest::newRow("a quote in a word") << least + "cipher 'a\"b'";
    QTest::newRow("a backslash") << least + "cipher a\\b";
    QTest::newRow("unknown block") << least + "<up>\n/bin/reboot\n</up>";
    QTest::newRow("block without an end") << least + "<key>\nx\n";
    QTest::newRow("block in a block") << least + "<key>\n<ca>\n</key>";
    QTest::newRow("a block's end alone") << least + "</key>";
    QTest::newRow("a connection without an end") << least + "<connection>\nremote vpn.example.org\n";
    QTest::newRow("a connection's end alone") << least + "</connection>";
    QTest::newRow("connections in each other") << least + "<connection>\n<connection>\n</connection>\n</connection>";
    QTest::newRow("a byte in a block") << least + "<key>\n\x01\n</key>";
    QTest::newRow("zero byte") << least + QByteArray("\0", 1);
    QTest::newRow("too long") << QByteArray(MaxConfigFile + 1, '#');
}

void OpenVpnTest::config_thatIsNoneIsRefused()
{
    QFETCH(const QByteArray, text);
    const auto config = parseOpenVpnConfig(text.toStdString());
    QVERIFY(!config);
    QCOMPARE(config.error().code, Errc::BadValue);
}

/// What we write is what we mean: reading it again changes nothing.
void OpenVpnTest::config_isReadAsItIsWritten()
{
    const auto once = parseOpenVpnConfig(Least
                                         + "auth-user-pass\nverify-x509-name 'a # b; c' name\nremote 192.0.2.1 1\n"
                                           "<tls-crypt>\n  key\n</tls-crypt>\n"
                                           "<peer-fingerprint>\nAA:BB\n</peer-fingerprint>\n");
    QVERIFY(once);
    const auto twice = parseOpenVpnConfig(once->text);
    QVERIFY2(twice.has_value(), twice ? "" : twice.error().text().c_str());
    QCOMPARE(twice->text, once->text);
}

void OpenVpnTest::program_getsOurWordsAndTheFilesText()
{
    const ProgramCall call = OpenVpnTunnel::callOf({}, {.text = "client\n"});
    QCOMPARE(call.path, "/usr/sbin/openvpn"s);
    QCOMPARE(call.input, "client\n"s);
    QVERIFY(call.isLasting);
    QCOMPARE(call.words,
             (std::vector<std::string>{"--cd",
                                       "/home/user/vpn",
                                       "--dev",
                                       "bulkhead-vpn",
                                       "--dev-type",
                                       "tun",
                                       "--mark",
                                       "25192",
                                       "--route-noexec",
                                       "--setenv",
                                       "bulkhead_state",
                                       "/run/bulkhead-tunnel/openvpn",
                                       "--script-security",
                                       "2",
                                       "--up",
                                       "/usr/lib/bulkhead/openvpn-changed",
                                       "--down",
                                       "/usr/lib/bulkhead/openvpn-changed",
                                       "--config",
                                       "stdin"}));
}

void OpenVpnTest::routes_leadEverythingButItsOwnPackets()
{
    const std::string undone = "ip -4 -force -batch - || true\nrule del priority 25190\nrule del priority 25191\n"
                               "ip -6 -force -batch - || true\nrule del priority 25190\nrule del priority 25191\n";
    QCOMPARE(wordsOf(OpenVpnTunnel::steps("ip", false)), undone);
    const std::string rules = "rule add priority 25190 table main suppress_prefixlength 0\n"
                              "rule add priority 25191 not fwmark 25192 table 25192\n";
    QCOMPARE(wordsOf(OpenVpnTunnel::steps("ip", true)),
             undone
                 + "ip -4 -batch -\nroute replace default dev bulkhead-vpn table 25192\n"
                   "ip -6 -batch - || true\nroute replace default dev bulkhead-vpn table 25192\n"
                   "ip -4 -batch -\n"
                 + rules + "ip -6 -batch -\n" + rules);
}

void OpenVpnTest::state_isWhatTheHookNotes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("servers"); // -1: there is no device
    QTest::newRow("nothing") << QByteArray() << -1;
    QTest::newRow("down") << QByteArray("down\n") << -1;
    QTest::newRow("something else") << QByteArray("upside down\n") << -1;
    QTest::newRow("up") << QByteArray("up\n") << 0;
    QTest::newRow("name servers") << QByteArray("up\n10.8.0.1\nfd00::1\n") << 2;
    QTest::newRow("what is none") << QByteArray("up\n10.8.0.1; reboot\n10.8.0.0/24\n10.8.0.1\n") << 1;
    QTest::newRow("too many") << "up\n" + QByteArray("10.8.0.1\n").repeated(100) << 8;
}

void OpenVpnTest::state_isWhatTheHookNotes()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, servers);
    const auto state = parseOpenVpnState(text.toStdString());
    QCOMPARE(state ? static_cast<int>(state->size()) : -1, servers);
}

void OpenVpnTest::hook_notesWhatThePeerSaid_data()
{
    QTest::addColumn<QStringList>("environment");
    QTest::addColumn<QByteArray>("noted");
    const QString up = QStringLiteral("script_type=up");
    QTest::newRow("down") << QStringList{QStringLiteral("script_type=down")} << QByteArray("down\n");
    QTest::newRow("no word") << QStringList() << QByteArray("down\n");
    QTest::newRow("up") << QStringList{up} << QByteArray("up\n");
    QTest::newRow("name servers among others")
        << QStringList{up,
                       QStringLiteral("foreign_option_1=dhcp-option DOMAIN vpn.example"),
                       QStringLiteral("foreign_option_2=dhcp-option DNS 10.8.0.1"),
                       QStringLiteral("foreign_option_3=dhcp-option DNS6 fd00::1"),
                       QStringLiteral("foreign_option_5=dhcp-option DNS 10.8.0.5")}
        << QByteArray("up\n10.8.0.1\nfd00::1\n");
    QTest::newRow("a shell's words stay words")
        << QStringList{up, QStringLiteral("foreign_option_1=dhcp-option DNS $(touch${IFS}evil)`touch evil`")}
        << QByteArray("up\nevil`\n");
}

void OpenVpnTest::hook_notesWhatThePeerSaid()
{
    QFETCH(const QStringList, environment);
    QFETCH(const QByteArray, noted);
    QProcess hook;
    hook.setWorkingDirectory(m_temporary->path());
    hook.setEnvironment(
        environment
        + QStringList{QStringLiteral("PATH=/usr/bin:/bin"),
                      QStringLiteral("bulkhead_state=") + m_temporary->filePath(QStringLiteral("state"))});
    hook.start(QStringLiteral(OPENVPN_HOOK), QStringList());
    QVERIFY(hook.waitForFinished(Test::LongestMs));
    QCOMPARE(hook.exitCode(), 0);
    QCOMPARE(QByteArray::fromStdString(read(m_folder / "state")), noted);
    QVERIFY(!fs::exists(m_folder / "evil"));
}

void OpenVpnTest::tunnel_comesWithThePeerAndGoesWithTheProgram()
{
    writeStandIns();
    int changes = 0;
    fs::create_directory(m_folder / "vpn");
    const auto tunnel = OpenVpnTunnel::create(*m_loop, options().openVpn, *parseOpenVpnConfig(Least), [&changes] {
        ++changes;
    });
    QVERIFY(tunnel);
    QVERIFY((*tunnel)->nameServers().empty()); // there is no tunnel yet
    QVERIFY(turnUntil([&] {
        return !(*tunnel)->nameServers().empty();
    }));
    QCOMPARE((*tunnel)->nameServers(), std::vector{*Network::parseAddress("10.8.0.1")});
    QCOMPARE(read(m_folder / "config"), parseOpenVpnConfig(Least)->text);
    QVERIFY(read(m_folder / "did").contains("route replace default dev bulkhead-vpn table 25192"));

    const int before = changes;
    fs::remove(m_folder / "did");
    QVERIFY(::kill(std::stoi(read(m_folder / "pid")), SIGKILL) == 0); // it can say nothing any more
    QVERIFY(turnUntil([&] {
        return changes > before;
    }));
    QVERIFY((*tunnel)->nameServers().empty());
    QVERIFY(read(m_folder / "did").contains("rule del priority 25191"));
    QVERIFY(!read(m_folder / "did").contains("route replace"));
}

void OpenVpnTest::tunnel_restartsOnANewFileAndPrefersWireGuard()
{
    writeStandIns();
    const auto tunnel = Tunnel::create(*m_loop, options(), [] { });
    QVERIFY(tunnel);
    QVERIFY(fs::exists(m_folder / "vpn")); // a person can put a file there
    QVERIFY(turnUntil([&] {
        return read(m_folder / "did").contains("rule del priority 25191");
    }));
    QVERIFY(!fs::exists(m_folder / "config")); // nothing runs without a file
    writeFile(m_folder / "vpn/openvpn.conf", Least);
    QVERIFY(turnUntil([&] {
        return !(*tunnel)->nameServers().empty();
    }));
    const std::string first = read(m_folder / "pid");
    writeFile(m_folder / "vpn/openvpn.conf", Least + "verb 4\n");
    QVERIFY(turnUntil([&] {
        return read(m_folder / "config").contains("verb") && !(*tunnel)->nameServers().empty();
    }));
    QVERIFY(::kill(std::stoi(first), 0) != 0); // one at a time

    const std::string second = read(m_folder / "pid");
    writeFile(m_folder / "vpn/openvpn.conf", "nonsense\n");
    QVERIFY(turnUntil([&] {
        return ::kill(std::stoi(second), 0) != 0 && (*tunnel)->nameServers().empty();
    }));

    writeFile(m_folder / "vpn/openvpn.conf", Least);
    QVERIFY(turnUntil([&] {
        return !(*tunnel)->nameServers().empty();
    }));
    writeFile(m_folder / "vpn/wireguard.conf",
              "[Interface]\nPrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nAddress = 10.9.0.2/32\n"
              "DNS = 10.9.0.1\n[Peer]\nPublicKey = BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB=\n"
              "AllowedIPs = 0.0.0.0/0\n");
    QVERIFY(turnUntil([&] {
        return (*tunnel)->nameServers() == std::vector{*Network::parseAddress("10.9.0.1")};
    }));
    QVERIFY(::kill(std::stoi(read(m_folder / "pid")), 0) != 0);
}

void OpenVpnTest::tunnel_takesAProgramWhereTheKernelHasNoWireGuard()
{
    writeStandIns();
    const std::string folder = m_folder.string();
    writeProgram(m_folder / "ip",
                 "{ echo \"ip $*\"; cat; } >>" + folder + "/did\n"
                     + "case \"$*\" in \"link add\"*) echo 'Unknown device type.' >&2; exit 2 ;; esac\n");
    writeProgram(m_folder / "stand-in-for-wireguard",
                 "echo \"$*\" >" + folder + "/words\n: >" + folder + "/wireguard/bulkhead-vpn.sock\necho \"$$\" >"
                     + folder + "/pid\nexec sleep 1000\n");
    fs::create_directory(m_folder / "vpn");
    const std::string config =
        "[Interface]\nPrivateKey = AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nAddress = 10.9.0.2/32\n"
        "DNS = 10.9.0.1\n[Peer]\nPublicKey = BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB=\n"
        "AllowedIPs = 0.0.0.0/0\n";
    writeFile(m_folder / "vpn/wireguard.conf", config);
    const auto tunnel = Tunnel::create(*m_loop, options(), [] { });
    QVERIFY(tunnel);
    const auto isUp = [&] {
        return (*tunnel)->nameServers() == std::vector{*Network::parseAddress("10.9.0.1")};
    };
    QVERIFY(turnUntil(isUp));
    QCOMPARE(read(m_folder / "words"), "--foreground bulkhead-vpn\n"s);
    const std::string did = read(m_folder / "did");
    QVERIFY(did.find("wg setconf bulkhead-vpn /dev/stdin") < did.find("rule add priority 25191"));

    const std::string first = read(m_folder / "pid");
    QVERIFY(::kill(std::stoi(first), SIGKILL) == 0); // its interface goes with it
    QVERIFY(turnUntil([&] {
        return (*tunnel)->nameServers().empty();
    }));
    writeFile(m_folder / "vpn/wireguard.conf", config); // sooner than we would try again
    QVERIFY(turnUntil(isUp));
    const std::string second = read(m_folder / "pid");
    QVERIFY(second != first);
    writeFile(m_folder / "vpn/wireguard.conf", "nonsense\n");
    QVERIFY(turnUntil([&] {
        return ::kill(std::stoi(second), 0) != 0 && (*tunnel)->nameServers().empty();
    }));
}

QTEST_GUILESS_MAIN(OpenVpnTest)
#include "openvpntest.moc"
