// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/settings.h"

#include <string>
#include <string_view>

namespace Bulkhead::GuestNetwork
{

/// Commands for `ip -batch -` that give an interface its addresses and make the net qube the way to everywhere. The net
/// qube is not on-link by mask, so it gets a route of its own. They may be run twice.
/// @param interface  a name that the kernel gave
/// @source spec qube-model, 10.2
[[nodiscard]] std::string uplinkCommands(const Settings &settings, std::string_view interface);

/// A whole resolv.conf; empty: dom0 named no server, so whatever else configures the qube has the say.
[[nodiscard]] std::string resolverText(const Settings &settings);

/// The name servers in a resolv.conf, in their order.
[[nodiscard]] std::vector<Firewall::Network> serversInResolverText(std::string_view text);

} // namespace Bulkhead::GuestNetwork
