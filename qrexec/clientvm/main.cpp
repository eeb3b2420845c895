// SPDX-License-Identifier: GPL-2.0-or-later
// qrexec-client-vm: calls a service of another qube or of dom0, from within a qube.
#include "base/clock.h"
#include "base/log.h"
#include "qrexec/clientvm/options.h"
#include "qrexec/clientvm/outgoingcall.h"
#include "qrexec/datachannel/standardstreams.h"
#include "qrexec/process/exitstatus.h"
#include "vchan-io/transport/terminationsignals.h"

#include <cstdio>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.call");

constexpr int StatusUsage = 2; // source: spec qrexec, section 18

Result<int> callService(CallOptions options)
{
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int number) {
               loop->quit(StatusKilledBySignal + number);
           }));
    BH_TRY(const auto backend, openBackend(options.transport));
    OutgoingCall call(*loop, *backend, std::move(options), [&loop](int status) {
        loop->quit(status);
    });
    BH_CHECK(call.start());
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    if (auto open = requireStandardDescriptors(); !open) {
        Log.critical("{}", open.error().text());
        return StatusProblem;
    }
    auto options = parseCallOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        Log.critical("{}", options.error().text());
        (void)std::fputs(callUsage(), stderr);
        return StatusUsage;
    }
    const auto status = callService(*std::move(options));
    if (!status) {
        Log.critical("{}", status.error().text());
        return StatusLocalError;
    }
    return *status;
}
