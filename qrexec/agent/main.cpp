// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-qrexec-agent: runs in a qube what dom0 asks for. With --call-…: the process of one call.
#include "base/clock.h"
#include "base/log.h"
#include "qrexec/agent/agent.h"
#include "qrexec/agent/options.h"
#include "qrexec/datachannel/standardstreams.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/process/readfile.h"
#include "qrexec/service/callrun.h"
#include "vchan-io/transport/terminationsignals.h"

#include <unistd.h>

#include <cstdio>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.agent");

Result<int> serve(const AgentOptions &options)
{
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int) {
               loop->quit(0);
           }));
    BH_TRY(const auto backend, openBackend(options.transport));
    BH_TRY(Surroundings here, Surroundings::current(Place::Qube));
    Agent agent(*loop, *backend, std::move(here), options.transport, options.sessionSockets);
    agent.start(options.triggerSocket);
    return loop->run();
}

Result<int> runOne(AgentOptions options)
{
    CallRequest request = *std::move(options.call);
    BH_TRY(request.command, readAll(STDIN_FILENO, MaxLocalBody));
    return runCall(std::move(request), Place::Qube, options.transport);
}

Result<int> run(AgentOptions options)
{
    BH_CHECK(requireStandardDescriptors());
    return options.call ? runOne(std::move(options)) : serve(options);
}

} // namespace

int main(int argc, char **argv)
{
    auto options = parseAgentOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        Log.critical("{}", options.error().text());
        (void)std::fputs(agentUsage(), stderr);
        return StatusLocalError;
    }
    const auto status = run(*std::move(options));
    if (!status) {
        Log.critical("{}", status.error().text());
        return StatusProblem;
    }
    return *status;
}
