// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-qrexec-daemon: dom0's end of a qube's control channel.
#include "base/clock.h"
#include "base/log.h"
#include "qrexec/daemon/confinement.h"
#include "qrexec/daemon/daemon.h"
#include "qrexec/daemon/options.h"
#include "qrexec/daemon/starterlink.h"
#include "qrexec/process/exitstatus.h"
#include "vchan-io/transport/terminationsignals.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.daemon");

/// Enough for every client and every call at once.
void raiseDescriptorLimit()
{
    constexpr rlim_t Wanted = 4096;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < Wanted) {
        limit.rlim_cur = std::min(Wanted, limit.rlim_max);
        (void)::setrlimit(RLIMIT_NOFILE, &limit); // with fewer some are refused
    }
}

Result<int> serve(DaemonOptions options)
{
    BH_TRY(UniqueFd starter,
           forkStarter(options.name, options.coreSocket)); // before there is anything that it should not have
    raiseDescriptorLimit();
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int) {
               loop->quit(0);
           }));
    BH_TRY(const auto backend, openBackend(options.transport));
    const std::string socketDirectory = options.socketDirectory;
    Daemon daemon(*loop, *backend, std::move(options), std::move(starter), [&loop](int status) {
        loop->quit(status);
    });
    BH_CHECK(confineDaemon(socketDirectory, backend->clientAccess())); // before the qube can say anything
    daemon.start();
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    auto options = parseDaemonOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        Log.critical("{}", options.error().text());
        (void)std::fputs(daemonUsage(), stderr);
        return StatusLocalError;
    }
    const auto status = serve(*std::move(options));
    if (!status) {
        Log.critical("{}", status.error().text());
        return StatusLocalError;
    }
    return *status;
}
