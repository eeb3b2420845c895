// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/calls/firewalldestination.h"

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::GuestNetwork
{

/// Keys of QubesDB and their values.
using Keys = std::map<std::string, std::string, std::less<>>;

/// One way up: the qube's address, and its net qube's, in one family.
struct Address {
    Firewall::Network own; ///< with the prefix that the qube sees
    Firewall::Network gateway;

    friend bool operator==(const Address &, const Address &) = default;
};

/// What dom0 tells a qube about its network. Values that make no sense are as if they were not there: without an
/// address there is no network, which is the safe side.
/// @source spec qubesdb, 4.2 and 4.3
struct Settings {
    std::string mac; ///< of the interface that leads to the net qube, six lower-case pairs; empty: none
    std::optional<Address> v4;
    std::optional<Address> v6;
    std::vector<Firewall::Network> nameServers;
    bool isProvider = false;
    bool isTunnel = false;                               ///< what clients send goes into a tunnel or nowhere
    bool isTor = false;                                  ///< what clients send goes into Tor or nowhere
    std::vector<Firewall::Network> clientNameServers;    ///< what clients call their name servers
    std::vector<Firewall::Network> connected;            ///< addresses of all clients, running or not
    std::optional<std::chrono::seconds> trafficInterval; ///< how often dom0 wants to know what clients send, if at all

    friend bool operator==(const Settings &, const Settings &) = default;
};

/// Names of the keys that readSettings() looks at.
inline constexpr std::array<std::string_view, 17> SettingKeys{
    "/qubes-mac",
    "/qubes-ip",
    "/qubes-netmask",
    "/qubes-gateway",
    "/qubes-primary-dns",
    "/qubes-secondary-dns",
    "/qubes-ip6",
    "/qubes-gateway6",
    "/qubes-netvm-network",
    "/qubes-netvm-gateway",
    "/qubes-netvm-primary-dns",
    "/qubes-netvm-secondary-dns",
    "/connected-ips",
    "/connected-ips6",
    "/qubes-service/bulkhead-tunnel",
    "/qubes-service/bulkhead-tor",
    "/bulkhead-traffic-interval",
};

[[nodiscard]] Settings readSettings(const Keys &keys);

/// Where the net qube is told what clients see that is not so.
inline constexpr std::string_view MappedTree = "/mapped-ip/";

/// The addresses that clients really have, of those that they see: dom0 names these in `/connected-ips`, and what one
/// of them sees may be somebody else's address upstream.
/// @param mapped  what stands below MappedTree
/// @param clients  real addresses of clients that run
[[nodiscard]] std::vector<Firewall::Network> realAddresses(std::vector<Firewall::Network> connected,
                                                           const Keys &mapped,
                                                           const std::vector<Firewall::Network> &clients);

} // namespace Bulkhead::GuestNetwork
