// SPDX-License-Identifier: GPL-2.0-or-later
// bulkheadd: keeps the qubes of this computer and answers the Admin API.
#include "base/log.h"
#include "base/readiness.h"
#include "dom0-core/bulkheadd/backend.h"
#include "dom0-core/bulkheadd/daemon.h"
#include "dom0-core/bulkheadd/linuxhost.h"
#include "dom0-core/bulkheadd/qrexecservices.h"
#include "dom0-core/bulkheadd/signals.h"
#include "dom0-core/lifecycle/autostart.h"
#include "vchan-io/transport/backend.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <sys/random.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <optional>

using namespace Bulkhead;

namespace
{

constexpr LogCategory Log("bulkhead.core.daemon");

struct Options {
    std::string driver;
    DaemonPaths paths;
    std::filesystem::path pool;
    bool debug = false;
    std::optional<int> readyFd;
};

Result<Options> parseOptions(const QCoreApplication &application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Keeps the qubes of this computer and answers the Admin API."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption driver(
        QStringLiteral("driver"),
        QStringLiteral("What qubes are made of: local (namespaces), xen (domains) or fake (nothing)."),
        QStringLiteral("name"),
        QStringLiteral("local"));
    const QCommandLineOption run(QStringLiteral("run-directory"),
                                 QStringLiteral("Where the sockets are made."),
                                 QStringLiteral("directory"),
                                 QStringLiteral("/run"));
    const QCommandLineOption state(QStringLiteral("state-directory"),
                                   QStringLiteral("Where the store lies."),
                                   QStringLiteral("directory"),
                                   QStringLiteral("/var/lib/bulkhead"));
    const QCommandLineOption pool(QStringLiteral("pool-directory"),
                                  QStringLiteral("Where the volumes of qubes lie."),
                                  QStringLiteral("directory"),
                                  QStringLiteral("/var/lib/qubes"));
    const QCommandLineOption debug(QStringLiteral("debug"), QStringLiteral("Tell in error frames which call failed."));
    const QCommandLineOption ready(QStringLiteral("ready-fd"),
                                   QStringLiteral("Descriptor that gets a line end once calls are answered."),
                                   QStringLiteral("number"));
    parser.addOptions({driver, run, state, pool, debug, ready});
    parser.process(application);
    Options options{.driver = parser.value(driver).toStdString(),
                    .paths = {.run = parser.value(run).toStdString(), .state = parser.value(state).toStdString()},
                    .pool = parser.value(pool).toStdString(),
                    .debug = parser.isSet(debug),
                    .readyFd = std::nullopt};
    if (parser.isSet(ready)) {
        bool isNumber = false;
        options.readyFd = parser.value(ready).toInt(&isNumber);
        if (!isNumber || *options.readyFd < 3) {
            return fail(Errc::BadValue, "--ready-fd takes the number of an open descriptor from 3 on");
        }
    }
    return options;
}

std::array<std::byte, 16> randomBytes()
{
    std::array<std::byte, 16> bytes{};
    // Up to 256 bytes never come short once the pool is initialised, and this waits for that.
    BH_ASSERT(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    return bytes;
}

/// How qubes of that driver are reached; null if they are not. Without it qubes run, only without what dom0 has to tell
/// them.
std::unique_ptr<Backend> channelsTo(const std::string &driver)
{
    if (driver == "fake") {
        return nullptr;
    }
    auto channels = openBackend(driver == "local" ? "memfd" : "xen");
    if (!channels) {
        Log.warning("qubes will not get their databases: {}", channels.error().text());
        return nullptr;
    }
    return *std::move(channels);
}

/// Once a boot, unless the person who booted said otherwise.
Result<void> startAutomatic(Daemon &daemon, const std::filesystem::path &runDirectory)
{
    std::ifstream file("/proc/cmdline");
    std::string commandLine;
    std::getline(file, commandLine);
    if (skipsAutostart(commandLine)) {
        return {};
    }
    return startWithMachine(daemon.registry(), daemon.runner(), runDirectory / "bulkhead" / "qubes-started");
}

Result<int> run(const QCoreApplication &application)
{
    BH_TRY(const Options options, parseOptions(application));
    BH_TRY(const auto signals, StopSignals::create());
    const BootClock clock;
    QrexecServices services;
    QObject backendOwner;
    BH_TRY(const DriverAndPool backend, makeBackend(options.driver, options.paths.run, options.pool, &backendOwner));
    const LinuxHost host(
        options.pool / "vm-kernels", options.paths.run / "qubes" / "qmemman-avail-mem", backend.machineMemoryMiB);
    const auto channels = channelsTo(options.driver);
    BH_TRY(const auto daemon,
           Daemon::start(options.paths,
                         {.driver = *backend.driver,
                          .pool = *backend.pool,
                          .host = host,
                          .clock = clock,
                          .random = randomBytes,
                          .services = services,
                          .pools = backend.pools,
                          .channels = channels.get()},
                         {.debug = options.debug}));
    QObject::connect(signals.get(), &StopSignals::stopRequested, &application, &QCoreApplication::quit);
    if (auto started = startAutomatic(*daemon, options.paths.run); !started) {
        Log.warning("no qube is started with the machine: {}", started.error().text());
    }
    Log.info("ready, with driver {}", options.driver);
    announceReadiness(options.readyFd);
    const int code = QCoreApplication::exec();
    Log.info("stopping; qubes that run go on");
    return code;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("bulkheadd"));
    QCoreApplication::setApplicationVersion(QStringLiteral("0.1.0"));
    const auto result = run(application);
    if (!result) {
        Log.critical("not started: {}", result.error().text());
        return EXIT_FAILURE;
    }
    return *result;
}
