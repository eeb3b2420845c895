// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-network: the network of this qube, as dom0 says in QubesDB, and in a net qube the firewall of its clients.
#include "dom0-core/guest/network/agent.h"
#include "vchan-io/transport/untilterminated.h"

using namespace Bulkhead;

namespace
{

constexpr LogCategory Log("bulkhead.network.main");

} // namespace

int main()
{
    return runUntilTerminated(Log, [](EventLoop &loop) {
        return GuestNetwork::Agent::start(loop, {});
    });
}
