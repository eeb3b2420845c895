// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "gui-agent/guestsession/options.h"
#include "gui-agent/guestsession/runtimedirectory.h"
#include "gui-agent/guestsession/session.h"
#include "gui-agent/guestsession/waiting.h"
#include "vchan-io/transport/eventloop.h"

#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <span>
#include <utility>

namespace
{

using namespace Bulkhead;
using namespace Bulkhead::GuestSession;

constexpr LogCategory Log("bulkhead.guest-session.main");

constexpr int BadUsage = 2;

/// Readable when the program is asked to end.
Result<UniqueFd> endRequests()
{
    sigset_t signals{};
    (void)::sigemptyset(&signals);
    (void)::sigaddset(&signals, SIGTERM);
    (void)::sigaddset(&signals, SIGINT);
    (void)::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    UniqueFd requests(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!requests) {
        return failErrno(errno, "a descriptor for signals");
    }
    return requests;
}

XServerChoice xServerOf(const Options &options)
{
    if (options.xServer == XServerKind::Xvfb) {
        return {.kind = XServerKind::Xvfb, .program = "Xvfb"};
    }
    return chooseXServer();
}

Result<int> run(const Options &options)
{
    BH_TRY(const std::string directory, ensureRuntimeDirectory());
    if (options.wait) {
        BH_CHECK(waitForSession(directory));
        return EXIT_SUCCESS;
    }
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const UniqueFd requests, endRequests());
    BH_TRY(const auto watch, loop->watch(requests.get(), Readiness::Read, [&loop] {
        loop->quit();
    }));
    BH_TRY(const auto session,
           Session::start(*loop,
                          {.display = options.display,
                           .screen = options.screen,
                           .xServer = xServerOf(options),
                           .agent = options.agent,
                           .dragAgent = options.dragAgent,
                           .forkServer = options.forkServer,
                           .runtimeDirectory = directory}));
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    const std::span<const char *const> arguments(argv, static_cast<std::size_t>(argc));
    const auto options = parseOptions(arguments.subspan(arguments.empty() ? 0 : 1));
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
