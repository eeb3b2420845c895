// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-drag-agent: a qube's part in drags across qubes.
#include "base/clock.h"
#include "base/formatted.h"
#include "base/log.h"
#include "base/number.h"
#include "base/readiness.h"
#include "clipboard/drag/guest/agent.h"
#include "clipboard/drag/guest/measure.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/terminationsignals.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::Drag;

namespace
{

constexpr LogCategory Log("bulkhead.drag-agent");

constexpr int BadUsage = 2;
constexpr mode_t OwnerOnly = 0700;

/// Where the link of the service bulkhead.DragAgent leads.
Result<std::string> socketPath()
{
    const char *const given = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): one thread
    const std::string runtime =
        given == nullptr || *given == '\0' ? formatted("/run/user/{}", ::getuid()) : std::string(given);
    const std::string directory = runtime + "/bulkhead";
    if (::mkdir(directory.c_str(), OwnerOnly) != 0 && errno != EEXIST) {
        return failErrno(errno, "making " + directory);
    }
    return directory + "/drag.sock";
}

Result<int> serve(const std::optional<int> &readyFd)
{
    BH_TRY(const std::string socket, socketPath());
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int) {
               loop->quit(0);
           }));
    BH_TRY(const auto agent, Agent::create(*loop, AgentSettings::ofThisSession(socket)));
    announceReadiness(readyFd);
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    const std::span arguments = std::span<char *const>(argv, static_cast<std::size_t>(argc)).subspan(1);
    if (!arguments.empty() && std::string_view(arguments[0]) == MeasureOption) {
        return runMeasurer(arguments.subspan(1));
    }
    std::optional<int> readyFd;
    if (arguments.size() == 2 && std::string_view(arguments[0]) == "--ready-fd") {
        readyFd = numberIn<int>(arguments[1]).value_or(-1);
    } else if (!arguments.empty()) {
        (void)std::fputs("usage: bulkhead-drag-agent [--ready-fd N]\n", stderr);
        return BadUsage;
    }
    const auto status = serve(readyFd);
    if (!status) {
        Log.critical("{}", status.error().text());
        return EXIT_FAILURE;
    }
    return *status;
}
