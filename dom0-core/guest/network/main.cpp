// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-network: the network of this qube, as dom0 says in QubesDB, and in a net qube the firewall of its clients.
#include "base/log.h"
#include "dom0-core/guest/network/agent.h"
#include "vchan-io/transport/terminationsignals.h"

using namespace Bulkhead;

namespace
{

constexpr LogCategory Log("bulkhead.network.main");

Result<int> run()
{
    const BootClock clock;
    BH_TRY(const auto loop, EventLoop::create(clock));
    BH_TRY(const auto signals, TerminationSignals::watch(*loop, [&loop = *loop](int) {
               loop.quit();
           }));
    BH_TRY(const auto agent, GuestNetwork::Agent::start(*loop, {}));
    return loop->run();
}

} // namespace

int main()
{
    const auto status = run();
    if (!status) {
        Log.critical("{}", status.error().text());
        return 1;
    }
    return *status;
}
