// SPDX-License-Identifier: GPL-2.0-or-later
// Starting and stopping. Spec admin-api, 8.2.
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/calls/jobs.h"
#include "dom0-core/lifecycle/orderlyshutdown.h"

#include <optional>
#include <ranges>
#include <string_view>
#include <utility>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

/// Runs one of the runner's calls on the destination, if the caller may.
void run(const Call &call, Reply reply, void (Runner::*what)(Qid, Runner::Done))
{
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    (call.services.runner.*what)(call.destination, emptySuccess(std::move(reply)));
}

struct ShutdownOptions {
    Runner::Force force = Runner::Force::No;
    Runner::Wait wait = Runner::Wait::No;
};

/// A subset of `force` and `wait`, joined by `+`.
Checked<ShutdownOptions> parseOptions(std::string_view argument)
{
    ShutdownOptions options;
    if (argument.empty()) {
        return options;
    }
    for (const auto part : std::views::split(argument, '+')) {
        const std::string_view word(part.begin(), part.end());
        if (word == "force" && options.force == Runner::Force::No) {
            options.force = Runner::Force::Yes;
        } else if (word == "wait" && options.wait == Runner::Wait::No) {
            options.wait = Runner::Wait::Yes;
        } else {
            return refuse(RefusalKind::Protocol, "an option of the shutdown is unknown or comes twice");
        }
    }
    return options;
}

} // namespace

void start(const Call &call, Reply reply)
{
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    startAsJob(call, std::move(reply));
}

void shutdown(const Call &call, Reply reply)
{
    const auto options = parseOptions(call.argument);
    if (!options) {
        reply(std::unexpected(options.error()));
        return;
    }
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    call.services.runner.shutdown(call.destination, options->force, options->wait, emptySuccess(std::move(reply)));
}

void kill(const Call &call, Reply reply)
{
    run(call, std::move(reply), &Runner::kill);
}

void pause(const Call &call, Reply reply)
{
    run(call, std::move(reply), &Runner::pause);
}

void unpause(const Call &call, Reply reply)
{
    run(call, std::move(reply), &Runner::unpause);
}

void shutdownAll(const Call &call, Reply reply)
{
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    auto *const shutdown = new OrderlyShutdown(call.services.registry, call.services.runner, &call.services.runner);
    shutdown->begin([shutdown, reply = std::move(reply)]() mutable {
        shutdown->deleteLater(); // it is on the stack
        reply(std::string());
    });
}

} // namespace Bulkhead::AdminApi::Calls
