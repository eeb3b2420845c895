// SPDX-License-Identifier: GPL-2.0-or-later
// qrexec-client: runs a command or a service in a qube, or a service in dom0, from dom0.
#include "base/clock.h"
#include "base/log.h"
#include "qrexec/client/clientcall.h"
#include "qrexec/client/dom0service.h"
#include "qrexec/client/options.h"
#include "qrexec/datachannel/standardstreams.h"
#include "qrexec/process/exitstatus.h"
#include "vchan-io/transport/terminationsignals.h"

#include <cstdio>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.client");

Result<int> call(ClientOptions options)
{
    BH_CHECK(requireStandardDescriptors());
    if (options.isForDom0()) {
        return becomeDom0Service(options.command);
    }
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop](int number) {
               loop->quit(StatusKilledBySignal + number);
           }));
    BH_TRY(const auto backend, openBackend(options.transport));
    BH_TRY(auto streams, takeStandardStreams());
    ClientCall made(*loop, *backend, std::move(options), std::move(streams), [&loop](int status) {
        loop->quit(status);
    });
    BH_CHECK(made.start());
    return loop->run();
}

} // namespace

int main(int argc, char **argv)
{
    auto options = parseClientOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        Log.critical("{}", options.error().text());
        (void)std::fputs(clientUsage(), stderr);
        return StatusLocalError;
    }
    const auto status = call(*std::move(options));
    if (!status) {
        Log.critical("{}", status.error().text());
        return StatusLocalError;
    }
    return *status;
}
