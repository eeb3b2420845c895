// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "dom0-core/driver/driver.h"

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
inline constexpr std::string_view OutsideNameServers[] = {"10.139.1.1", "10.139.1.2"};

/// Name of a client's link in its provider.
[[nodiscard]] std::string vifName(DomId client);
/// Name of an outermost provider's link in the namespace "outside".
[[nodiscard]] std::string outsideName(DomId provider);

/// ip, in the provider: makes both ends of a client's link.
/// @param clientNamespace  path of the client's network namespace
[[nodiscard]] std::string makeLink(const NetworkLink &link, DomId client, std::string_view clientNamespace);
/// ip, in the provider, after makeLink().
[[nodiscard]] std::string setUpProviderEnd(const NetworkLink &link, DomId client);
/// ip, in the client: its address, and the provider as the way to everywhere. The provider is not on-link by mask.
[[nodiscard]] std::string setUpClientEnd(std::string_view address, std::string_view gateway);

/// ip, in the namespace "outside"; harmless where it was done before.
[[nodiscard]] std::string setUpOutside();
/// ip, in the namespace "outside": makes both ends of an outermost provider's uplink.
[[nodiscard]] std::string makeOutsideLink(DomId provider, std::string_view address, std::string_view providerNamespace);

/// nft, in a provider that has no clients yet: forwards only from clients to its uplink and what answers them, behind
/// its own address; a client speaks from its own address only, and not to other clients.
[[nodiscard]] std::string providerRules();
/// nft, in the provider: the one address that may come from this client's link.
[[nodiscard]] std::string admitClient(DomId client, std::string_view address);
[[nodiscard]] std::string expelClient(DomId client, std::string_view address);

} // namespace NetworkPlan

} // namespace Bulkhead
