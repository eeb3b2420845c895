// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/calls/firewallrule.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Firewall
{

/// Interfaces of a net qube that lead to its clients begin with this.
inline constexpr std::string_view ClientInterfaces = "vif*";
/// The one way out of a net qube that holds a tunnel.
inline constexpr std::string_view TunnelInterface = "bulkhead-vpn";
/// Where the Tor of a net qube takes connections of clients, wherever they were to lead, and their questions for names.
inline constexpr std::uint16_t TorConnectionPort = 9040;
inline constexpr std::uint16_t TorNamePort = 9053;
/// What filterText() marks a packet with that a rule lets out. The table `inet bulkhead`, which is there from the start
/// of a net qube, forwards no packet of a client without it: while nobody has read the rules, nothing passes.
inline constexpr std::uint32_t AcceptedMark = 0x62680001;
/// Most addresses of a name that count, of each family. A name that has more is not believed.
inline constexpr std::size_t MaxAddressesOfName = 64;

/// What names stand for now. A name that is missing is not known yet, or cannot be found.
using ResolvedNames = std::map<HostName, std::vector<Network>>;

/// All that a net qube's filter is made of.
struct FilterPlan {
    std::map<Network, Rules> clients; ///< by the client's own address; no rule: nothing passes
    std::vector<Network> connected;   ///< addresses of clients, running or not: nobody upstream speaks from them
    ResolvedNames names;
    std::vector<Network> nameServers; ///< as clients know them: what `specialtarget=dns` means
    /// Packets of clients go into the tunnel or nowhere, whether there is one or not, and so do answers.
    bool isTunnel = false;
    /// What clients send goes to a Tor of this qube's own, TCP and questions for names, and nothing else goes anywhere.
    bool isTor = false;
    std::vector<Network> realServers; ///< where questions to them go; empty: on to the next net qube as they are
};

/// Commands for `nft -f -` that replace the table `inet bulkhead-rules`, in one transaction: before and after it some
/// rules are in force, in between none other. Made of numbers and fixed words only: no text of a rule gets into it.
/// A name that is not known fits nothing where it would let a packet out, and everything where it would hold one back.
/// @source spec security, S_182 and S_183
[[nodiscard]] std::string filterText(const FilterPlan &plan);

/// The names that the rules of all clients use.
[[nodiscard]] std::vector<HostName> namesIn(const FilterPlan &plan);

/// Whether an address that a name server told may be let out to: not the qubes' own networks, not this machine, not
/// many at once. What a name stands for is chosen by whoever holds the name.
[[nodiscard]] bool isBelievable(const Network &address);

} // namespace Bulkhead::Firewall
