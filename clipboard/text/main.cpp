// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/clock.h"
#include "base/log.h"
#include "clipboard/text/broker.h"
#include "clipboard/text/client.h"
#include "clipboard/text/confinement.h"
#include "clipboard/text/controlserver.h"
#include "clipboard/text/daemondirectory.h"
#include "clipboard/text/notice.h"
#include "clipboard/text/noticeboard.h"
#include "clipboard/text/options.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/terminationsignals.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::Clipboard;

namespace
{

constexpr LogCategory Log("bulkhead.clipboard");

constexpr int BadUsage = 2;
constexpr mode_t OwnerOnly = 0700;

/// `$XDG_RUNTIME_DIR/bulkhead`, where the session's programs meet.
Result<std::string> directoryOf(const Options &options)
{
    if (!options.directory.empty()) {
        return options.directory;
    }
    const char *runtime = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): one thread
    if (runtime == nullptr || *runtime == '\0') {
        return fail(Errc::BadValue, "XDG_RUNTIME_DIR is not set");
    }
    return std::string(runtime) + "/bulkhead";
}

/// One clipboard a session.
Result<UniqueFd> takeLock(const std::string &directory)
{
    if (::mkdir(directory.c_str(), OwnerOnly) != 0 && errno != EEXIST) {
        return failErrno(errno, "making " + directory);
    }
    const std::string path = directory + "/clipboard.lock";
    UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        return failErrno(errno, "another clipboard runs, or " + path + " cannot be written");
    }
    return lock;
}

Result<int> serve(const Options &options, const std::string &directory)
{
    BH_TRY(const UniqueFd lock, takeLock(directory));
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int) {
               loop->quit(0);
           }));
    NoticeBoard notices(*loop,
                        options.notifySocket.empty() ? directory + "/clipboard-notify.sock" : options.notifySocket);
    BH_TRY(const auto broker, Broker::create(*loop, options.broker, [&notices](const Notice &notice) {
               notices.tell(notice);
           }));
    BH_TRY(const auto control, ControlServer::listen(*loop, *broker, controlSocketIn(directory)));
    BH_TRY(const auto daemons,
           DaemonDirectory::watch(
               *loop, directory + "/clipboard", [&broker](const QubeName &qube, const std::string &path) {
                   broker->connect(qube, path);
               }));
    BH_CHECK(confine(directory)); // before anybody's first byte
    return loop->run();
}

Result<int> run(const Options &options)
{
    BH_TRY(const std::string directory, directoryOf(options));
    switch (options.deed) {
    case Deed::Serve:
        return serve(options, directory);
    case Deed::Offer:
        return offerStandardInput(controlSocketIn(directory));
    case Deed::Clear:
        return request(controlSocketIn(directory), "clear\n");
    case Deed::Status:
        return request(controlSocketIn(directory), "status\n");
    }
    std::unreachable();
}

} // namespace

int main(int argc, char **argv)
{
    const auto options = parseOptions(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (!options) {
        Log.critical("{}", options.error().text());
        return BadUsage;
    }
    const auto status = run(*options);
    if (!status) {
        Log.critical("{}", status.error().text());
        return EXIT_FAILURE;
    }
    return *status;
}
