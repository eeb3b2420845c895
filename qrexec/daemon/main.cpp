// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-qrexec-daemon: dom0's end of a qube's control channel.
#include "base/clock.h"
#include "base/log.h"
#include "qrexec/daemon/daemon.h"
#include "qrexec/daemon/options.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/process/terminationsignals.h"

#include <sys/prctl.h>

#include <cerrno>
#include <cstdio>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.daemon");

Result<int> serve(DaemonOptions options)
{
    // Nothing that the qube may get us to do gains rights (spec security, R-18).
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return failErrno(errno, "giving up the right to gain rights");
    }
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int) {
               loop->quit(0);
           }));
    BH_TRY(const auto backend, openBackend(options.transport));
    Daemon daemon(*loop, *backend, std::move(options), [&loop](int status) {
        loop->quit(status);
    });
    daemon.start();
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    auto options = parseDaemonOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        Log.critical("{}", options.error().text());
        (void)std::fputs(daemonUsage().data(), stderr);
        return StatusLocalError;
    }
    const auto status = serve(*std::move(options));
    if (!status) {
        Log.critical("{}", status.error().text());
        return StatusLocalError;
    }
    return *status;
}
