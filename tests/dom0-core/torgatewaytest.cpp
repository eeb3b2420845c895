// SPDX-License-Identifier: GPL-2.0-or-later
// Tor in a net qube, as far as it is a program that is kept running.
#include "dom0-core/guest/network/torgateway.h"

#include "base/clock.h"
#include "tests/support/eventually.h"

#include <QTemporaryDir>

#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

using namespace Bulkhead;
using namespace Bulkhead::GuestNetwork;
namespace fs = std::filesystem;

class TorGatewayTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void program_getsItsSettingsFromUsAlone();
    void program_isNotStartedWhereItIsNotInstalled();
    void program_isKeptRunning();
};

void TorGatewayTest::program_getsItsSettingsFromUsAlone()
{
    const ProgramCall call = TorGateway::callOf({});
    QCOMPARE(call.path, std::string("/usr/bin/tor"));
    QCOMPARE(call.words, (std::vector<std::string>{"-f", "-"}));
    QVERIFY(call.isLasting);
    QCOMPARE(call.input,
             std::string("User debian-tor\nDataDirectory /rw/bulkhead-tor\nLog notice stderr\nSocksPort 0\n"
                         "TransPort 0.0.0.0:9040 IsolateClientAddr IsolateDestPort\n"
                         "DNSPort 0.0.0.0:9053 IsolateClientAddr\nAutomapHostsOnResolve 1\n"
                         "VirtualAddrNetworkIPv4 10.192.0.0/10\nClientRejectInternalAddresses 1\n"));
}

void TorGatewayTest::program_isNotStartedWhereItIsNotInstalled()
{
    const BootClock clock;
    const auto loop = *EventLoop::create(clock);
    const QTemporaryDir folder;
    const fs::path data = folder.path().toStdString() + "/tor";
    const auto tor = TorGateway::create(*loop, {.program = "/bin/true", .account = "no-such-account", .data = data});
    QCOMPARE(tor.error().code, Errc::NotFound);
    QVERIFY(!fs::exists(data));
}

void TorGatewayTest::program_isKeptRunning()
{
    const BootClock clock;
    const auto loop = *EventLoop::create(clock);
    const QTemporaryDir folder;
    const fs::path place = folder.path().toStdString();
    const passwd *const own = ::getpwuid(::geteuid());
    QVERIFY(own != nullptr);
    { // stands in for Tor: notes what it is told, and goes on until it is killed
        std::ofstream(place / "tor") << "#!/bin/sh\ncat >" + place.string() + "/settings\necho $$ >" + place.string()
                + "/pid\nexec sleep 1000\n";
        fs::permissions(place / "tor", fs::perms::owner_all);
    }
    const auto read = [&](const char *name) {
        std::ostringstream text;
        text << std::ifstream(place / name).rdbuf();
        return text.str();
    };
    auto tor = TorGateway::create(*loop, {.program = place / "tor", .account = own->pw_name, .data = place / "data"});
    QVERIFY(tor);
    BH_EVENTUALLY((loop->runUntilIdle(), !read("pid").empty()));
    QVERIFY(read("settings").contains("TransPort"));
    QVERIFY(fs::is_directory(place / "data"));
    const int process = std::stoi(read("pid"));
    QVERIFY(::kill(process, 0) == 0);
    tor->reset();
    QVERIFY(::kill(process, 0) != 0); // none goes on that nobody keeps
}

QTEST_GUILESS_MAIN(TorGatewayTest)
#include "torgatewaytest.moc"
