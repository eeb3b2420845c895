// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "dom0-core/driver/driver.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// The texts that make a chain of qubes, for `ip -batch -` and `nft -f -`. Pure. Addresses come from the model, which
/// lets nothing else through; names of links hold 15 characters at most, so numbers stand in for qubes' names.
namespace NetworkPlan
{

/// A client's link as the client sees it.
inline constexpr std::string_view Uplink = "eth0";
/// The machine that answers behind every outermost provider, and the name servers of every chain (spec qube-model
/// 10.2). They are the addresses of the namespace "outside", so that no packet leaves the machine.
inline constexpr std::string_view OutsideAddress = "198.51.100.1";
inline constexpr std::string_view OutsideAddress6 = "2001:db8::1";
inline constexpr std::string_view OutsideNameServers[] = {"10.139.1.1", "10.139.1.2"};

/// The addresses of a link: the client's own and its gateway's, IPv6 only if both are there.
struct Ends {
    std::string own;
    std::string gateway;
    std::string own6;
    std::string gateway6;
    std::uint8_t prefix = 32; ///< of `own`, as the client sees it
};

/// As the provider knows them.
[[nodiscard]] Ends endsOf(const NetworkLink &link);
/// As the client is told.
[[nodiscard]] Ends seenEndsOf(const NetworkLink &link);
/// An outermost provider's, as a client of the outside.
[[nodiscard]] Ends outsideEnds(std::string_view address, std::string_view address6);

/// Name of a client's link in its provider.
[[nodiscard]] std::string vifName(DomId client);
/// Name of an outermost provider's link in the namespace "outside".
[[nodiscard]] std::string outsideName(DomId provider);

/// ip, in the provider: makes both ends of a client's link.
/// @param clientNamespace  path of the client's network namespace
[[nodiscard]] std::string makeLink(const NetworkLink &link, DomId client, std::string_view clientNamespace);
/// ip, in the provider, after makeLink().
[[nodiscard]] std::string setUpProviderEnd(const Ends &ends, DomId client);
/// ip, in the client: its addresses, and the provider as the way to everywhere. The provider is not on-link by mask.
[[nodiscard]] std::string setUpClientEnd(const Ends &ends);

/// ip, in the namespace "outside"; harmless where it was done before.
[[nodiscard]] std::string setUpOutside();
/// ip, in the namespace "outside": makes both ends of an outermost provider's uplink.
[[nodiscard]] std::string makeOutsideLink(DomId provider, const Ends &ends, std::string_view providerNamespace);

/// nft, in a provider that has no clients yet. Of what clients send, it forwards only what the firewall in the provider
/// (firewall/filter.h) marked, and to no other client; of what comes to them, only answers. It acts behind its own
/// address; a client speaks from its own addresses only.
[[nodiscard]] std::string providerRules();
/// nft, in the provider, after makeLink() and before the link is up: what the client is told is translated from then
/// on. Nothing for one that is told the truth.
[[nodiscard]] std::string hideClient(const NetworkLink &link, DomId client);
/// nft, in the provider: the addresses that may come from this client's link. An empty one is none.
[[nodiscard]] std::string admitClient(DomId client, std::string_view address, std::string_view address6);
[[nodiscard]] std::string expelClient(DomId client, std::string_view address, std::string_view address6);

} // namespace NetworkPlan

} // namespace Bulkhead
