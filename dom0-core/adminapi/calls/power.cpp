// SPDX-License-Identifier: GPL-2.0-or-later
// Starting and stopping. Spec admin-api, 8.2.
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/calls/jobs.h"
#include "dom0-core/lifecycle/orderlyshutdown.h"
#include "vchan-io/wire/calls/qubetexts.h"

#include <optional>
#include <utility>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

/// Does something to the destination, if the caller may.
template<typename Doer> void run(const Call &call, Reply reply, Doer &doer, void (Doer::*what)(Qid, Runner::Done))
{
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    (doer.*what)(call.destination, emptySuccess(std::move(reply)));
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
    const auto options = QubeTexts::parseShutdownOptions(call.argument);
    if (!options) {
        reply(refuse(RefusalKind::Protocol, options.error().text()));
        return;
    }
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    call.services.runner.shutdown(call.destination,
                                  options->force ? Runner::Force::Yes : Runner::Force::No,
                                  options->wait ? Runner::Wait::Yes : Runner::Wait::No,
                                  emptySuccess(std::move(reply)));
}

void kill(const Call &call, Reply reply)
{
    run(call, std::move(reply), call.services.runner, &Runner::kill);
}

void pause(const Call &call, Reply reply)
{
    run(call, std::move(reply), call.services.runner, &Runner::pause);
}

void unpause(const Call &call, Reply reply)
{
    run(call, std::move(reply), call.services.runner, &Runner::unpause);
}

void suspend(const Call &call, Reply reply)
{
    run(call, std::move(reply), call.services.suspension, &Suspension::suspend);
}

void resume(const Call &call, Reply reply)
{
    run(call, std::move(reply), call.services.suspension, &Suspension::resume);
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
