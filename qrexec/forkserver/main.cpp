// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-qrexec-fork-server: runs calls in the session of a qube's person.
#include "base/log.h"
#include "base/readiness.h"
#include "qrexec/datachannel/standardstreams.h"
#include "qrexec/forkserver/forkserver.h"
#include "qrexec/forkserver/options.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/service/callrun.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.fork-server");

/// Programs of calls start where a login would.
void goHome()
{
    const char *const home = std::getenv("HOME"); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    if (home == nullptr || ::chdir(home) != 0) {
        Log.info("there is no home to go to");
    }
}

/// Says that calls are taken, and returns to whoever waits for that.
Result<void> tellReady(const std::optional<int> &readyFd)
{
    constexpr int Stay = 1; // where it is, with the descriptors it has
    if (readyFd) {
        announceReadiness(readyFd);
    } else if (::daemon(Stay, Stay) != 0) {
        return failErrno(errno, "going to the background");
    }
    return {};
}

Result<int> run(const ForkServerOptions &options)
{
    BH_CHECK(requireStandardDescriptors());
    goHome();
    BH_TRY(ForkServer server, ForkServer::listen(options.socket));
    BH_CHECK(tellReady(options.readyFd));
    BH_TRY(const UniqueFd connection, server.serve());
    BH_TRY(HandOver call, readHandOver(connection));
    return runCall({.channel = call.channel, .kind = call.kind, .command = options.user + ':' + call.command},
                   Place::Session,
                   options.transport);
}

} // namespace

int main(int argc, char **argv)
{
    const auto options = parseForkServerOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        Log.critical("{}", options.error().text());
        (void)std::fputs(forkServerUsage(), stderr);
        return StatusLocalError;
    }
    const auto status = run(*options);
    if (!status) {
        Log.critical("{}", status.error().text());
        return StatusProblem;
    }
    return *status;
}
