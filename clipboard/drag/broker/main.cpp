// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-drag: files dragged from a window of one qube to a window of another.
#include "base/clock.h"
#include "base/log.h"
#include "clipboard/drag/broker/broker.h"
#include "clipboard/drag/broker/callkeeper.h"
#include "clipboard/drag/broker/confinement.h"
#include "clipboard/text/daemondirectory.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/terminationsignals.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::Drag;

namespace
{

constexpr LogCategory Log("bulkhead.drag");

constexpr int BadUsage = 2;
constexpr mode_t OwnerOnly = 0700;

/// `$XDG_RUNTIME_DIR/bulkhead`, where the session's programs meet.
Result<std::string> directoryOf(std::string given)
{
    if (given.empty()) {
        const char *runtime = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): one thread
        if (runtime == nullptr || *runtime == '\0') {
            return fail(Errc::BadValue, "XDG_RUNTIME_DIR is not set");
        }
        given = std::string(runtime) + "/bulkhead";
    }
    if (::mkdir(given.c_str(), OwnerOnly) != 0 && errno != EEXIST) {
        return failErrno(errno, "making " + given);
    }
    return given;
}

/// There is one pointer, so there is one of this a session.
Result<UniqueFd> takeLock(const std::string &directory)
{
    const std::string path = directory + "/drag.lock";
    UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        return failErrno(errno, "another bulkhead-drag runs, or " + path + " cannot be written");
    }
    return lock;
}

Result<int> serve(const std::string &given, BrokerSettings settings)
{
    BH_TRY(UniqueFd keeper, forkCallKeeper("qrexec-client")); // before there is anything that it should not have
    BH_TRY(const std::string directory, directoryOf(given));
    BH_TRY(const UniqueFd lock, takeLock(directory));
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int) {
               loop->quit(0);
           }));
    if (settings.traySocket.empty()) {
        settings.traySocket = directory + "/drag-show.sock";
    }
    settings.dom0Agent = directory + "/drag-dom0.sock";
    BH_TRY(const auto broker, Broker::create(*loop, std::move(settings), std::move(keeper)));
    BH_TRY(const auto daemons,
           Clipboard::DaemonDirectory::watch(
               *loop,
               directory + "/drag",
               [&broker](const QubeName &qube, const std::string &path) {
                   broker->connect(qube, path);
               },
               Clipboard::DaemonDirectory::Whose::QubesAndDom0));
    BH_CHECK(confine()); // before any agent's first byte
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    const std::span<const char *const> arguments =
        std::span<char *const>(argv, static_cast<std::size_t>(argc)).subspan(1);
    std::string directory;
    BrokerSettings settings;
    for (std::size_t at = 0; at < arguments.size(); at += 2) {
        const std::string_view name = arguments[at];
        if (at + 1 == arguments.size()) {
            (void)std::fputs("usage: bulkhead-drag [--directory PATH] [--policy-socket PATH] [--tray-socket PATH]\n",
                             stderr);
            return BadUsage;
        }
        const char *const value = arguments[at + 1];
        if (name == "--directory") {
            directory = value;
        } else if (name == "--policy-socket") {
            settings.policySocket = value;
        } else if (name == "--tray-socket") {
            settings.traySocket = value;
        } else {
            Log.critical("unknown option {}", name);
            return BadUsage;
        }
    }
    const auto status = serve(directory, std::move(settings));
    if (!status) {
        Log.critical("{}", status.error().text());
        return EXIT_FAILURE;
    }
    return *status;
}
