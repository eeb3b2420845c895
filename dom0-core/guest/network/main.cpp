// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-network: the network of this qube, as dom0 says in QubesDB, and in a net qube the firewall of its clients.
//
//   bulkhead-network                                                   runs until it is told to end
//   bulkhead-network hide INTERFACE REAL VISIBLE GATEWAY VISIBLE-GATEWAY   prints commands for nft
#include "dom0-core/guest/network/agent.h"
#include "dom0-core/guest/network/hidingcommand.h"
#include "vchan-io/transport/untilterminated.h"

#include <cstdio>
#include <string>
#include <vector>

using namespace Bulkhead;

namespace
{

constexpr LogCategory Log("bulkhead.network.main");
constexpr int BadUsage = 2;

int printHiding(const std::vector<std::string> &words)
{
    const auto commands = GuestNetwork::hidingCommands(words);
    if (!commands) {
        Log.warning("{}", commands.error().text());
        return BadUsage;
    }
    const bool isPrinted = std::fwrite(commands->data(), 1, commands->size(), stdout) == commands->size();
    return isPrinted && std::fflush(stdout) == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc > 1) {
        return printHiding({argv + 1, argv + argc});
    }
    return runUntilTerminated(Log, [](EventLoop &loop) {
        return GuestNetwork::Agent::start(loop, {});
    });
}
