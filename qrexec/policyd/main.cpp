// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-policyd: says what a qube's call may do.
#include "base/clock.h"
#include "base/log.h"
#include "base/readiness.h"
#include "qrexec/policy/live/livepolicy.h"
#include "qrexec/policyd/confinement.h"
#include "qrexec/policyd/options.h"
#include "qrexec/policyd/policyserver.h"
#include "qrexec/process/exitstatus.h"
#include "vchan-io/transport/terminationsignals.h"

#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.policyd");

Result<int> serve(PolicyDaemonOptions options)
{
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int) {
               loop->quit(0);
           }));
    // Root's files count, and those of whoever runs a policy of his own.
    BH_TRY(const auto policy, LivePolicy::create(*loop, std::move(options.paths), ::geteuid()));
    PolicyServer server(*loop, *policy, std::move(options.peers));
    BH_CHECK(server.listen(options.socket));
    BH_CHECK(confinePolicyDaemon(options.socket.substr(0, options.socket.rfind('/')))); // before anybody can ask
    (void)policy->current(); // says at once what is wrong; a policy that cannot be read denies, and does not end this
    announceReadiness(options.readyFd);
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    auto options = parsePolicyDaemonOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        Log.critical("{}", options.error().text());
        (void)std::fputs(policyDaemonUsage(), stderr);
        return StatusLocalError;
    }
    const auto status = serve(*std::move(options));
    if (!status) {
        Log.critical("{}", status.error().text());
        return StatusLocalError;
    }
    return *status;
}
