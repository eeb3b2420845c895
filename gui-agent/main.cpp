// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/clock.h"
#include "base/log.h"
#include "base/readiness.h"
#include "gui-agent/agent.h"
#include "gui-agent/options.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/eventloop.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <span>
#include <utility>

namespace
{

using namespace Bulkhead;

constexpr LogCategory Log("bulkhead.gui-agent.main");

constexpr int BadUsage = 2;

/// Source: spec clipboard, 7.1.
constexpr auto WipeAfter = std::chrono::seconds(60);

Result<int> run(const GuiAgent::Options &options)
{
    const BootClock clock;
    GuiAgent::StatusFile status(options.statusFile);
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto backend, openBackend(options.transport));
    BH_TRY(auto x, GuiAgent::Connection::open(nullptr));
    BH_TRY(const auto agent, GuiAgent::Agent::start(*loop, *backend, options.daemon, std::move(x), status, [&loop] {
               Log.critical("the X server is gone");
               loop->quit(EXIT_FAILURE);
           }));
    if (::access(options.wipeFlag.c_str(), F_OK) == 0) {
        agent->wipeClipboardAfter(WipeAfter);
    }
    announceReadiness(options.readyFd);
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    // A peer that closes is an error of a write, not the end of the program.
    (void)std::signal(SIGPIPE, SIG_IGN);

    const std::span<const char *const> arguments(argv, static_cast<std::size_t>(argc));
    const auto options = GuiAgent::parseOptions(arguments.subspan(arguments.empty() ? 0 : 1));
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
