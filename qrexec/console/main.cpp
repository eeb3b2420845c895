// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-console: the service admin.vm.Console of dom0. What the qube writes on its console goes to the caller as it
// is; nothing here looks at it.
#include "base/clock.h"
#include "base/log.h"
#include "qrexec/console/consoleservice.h"
#include "qrexec/datachannel/standardstreams.h"
#include "qrexec/process/exitstatus.h"
#include "vchan-io/transport/terminationsignals.h"

#include <cstdlib>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.console");

std::string variable(const char *name)
{
    const char *const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return value == nullptr ? std::string() : std::string(value);
}

Result<ConsoleCall> callHere()
{
    BH_TRY(const auto source, QubeName::parse(variable("QREXEC_REMOTE_DOMAIN")));
    if (variable("QREXEC_REQUESTED_TARGET_TYPE") != "name") {
        return fail(Errc::BadValue, "only a qube has a console, called by its name");
    }
    BH_TRY(auto qube, QubeName::parse(variable("QREXEC_REQUESTED_TARGET")));
    return ConsoleCall{.source = source.text(), .qube = std::move(qube)};
}

Result<void> serve()
{
    BH_TRY(auto call, callHere());
    BH_CHECK(requireStandardDescriptors());
    BH_TRY(CallerStreams streams, takeStandardStreams());
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    // The terminal must be as it was afterwards, whoever ends us.
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int) {
               loop->quit();
           }));
    Result<void> outcome;
    ConsoleService service(*loop,
                           ConsolePlaces{},
                           std::move(call),
                           std::move(streams.input),
                           std::move(streams.output),
                           [&](Result<void> how) {
                               outcome = std::move(how);
                               loop->quit();
                           });
    service.start();
    (void)loop->run();
    return outcome;
}

} // namespace

int main()
{
    const auto done = serve();
    if (!done) {
        Log.warning("{}", done.error().text());
    }
    return consoleStatus(done);
}
