// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/guest/network/configtext.h"
#include "vchan-io/wire/calls/firewalldestination.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::GuestNetwork
{

/// What a provider's file says of a WireGuard tunnel: the form that `wg-quick` reads, without what it would run.
struct WireGuardConfig {
    std::vector<Firewall::Network> addresses;   ///< of the tunnel's own end; at least one
    std::vector<Firewall::Network> nameServers; ///< to be asked through the tunnel; may be none
    std::vector<Firewall::Network> allowed;     ///< what goes into the tunnel
    std::uint32_t mtu = 1420;                   ///< bytes
    std::string setup; ///< for `wg setconf`, written anew of what was understood: keys, peers, the mark

    friend bool operator==(const WireGuardConfig &, const WireGuardConfig &) = default;
};

/// Commands that a file wants run (`PostUp` and the like) are left out: a file brings settings, not programs. Settings
/// that nobody knows are an error, so that none is silently without effect.
/// @errors BadValue, with the number of the line
[[nodiscard]] Result<WireGuardConfig> parseWireGuardConfig(std::string_view text);

} // namespace Bulkhead::GuestNetwork
