// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-qubesdb: the qube's copy of its database, for the programs of the qube.
#include "base/clock.h"
#include "base/log.h"
#include "base/readiness.h"
#include "dom0-core/guest/qubesdb/daemon.h"
#include "dom0-core/guest/qubesdb/options.h"
#include "vchan-io/transport/terminationsignals.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

using namespace Bulkhead;
using namespace Bulkhead::QubesDb;

namespace
{

constexpr LogCategory Log("bulkhead.guest.qubesdb");

Result<int> run(const DaemonOptions &options)
{
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int) {
               loop->quit(EXIT_SUCCESS);
           }));
    BH_TRY(const auto backend, openBackend(options.transport));
    GuestDaemon daemon(
        *loop,
        *backend,
        SocketPaths::in(options.directory, {}),
        [&options] {
            announceReadiness(options.readyFd);
        },
        [&loop](const Error &error) {
            Log.critical("{}", error.text());
            loop->quit(EXIT_FAILURE);
        });
    daemon.start();
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    const auto options = parseDaemonOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        Log.critical("{}", options.error().text());
        (void)std::fputs(daemonUsage(), stderr);
        return EXIT_FAILURE;
    }
    const auto status = run(*options);
    if (!status) {
        Log.critical("{}", status.error().text());
        return EXIT_FAILURE;
    }
    return *status;
}
