// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/programsteps.h"

#include <string>
#include <vector>

namespace Bulkhead::GuestNetwork
{

/// The tunnel's own table of routes. It is for all packets but the tunnel's own, which are marked (TunnelMark);
/// narrower routes, which lead to clients, go before it.
inline constexpr int TunnelRouteTable = 25192;

/// Makes the table one that packets look into.
/// @param ip  the program
[[nodiscard]] std::vector<ProgramStep> rulesToTunnel(const std::string &ip);
/// Takes that away, if it was made.
[[nodiscard]] std::vector<ProgramStep> noRulesToTunnel(const std::string &ip);

} // namespace Bulkhead::GuestNetwork
