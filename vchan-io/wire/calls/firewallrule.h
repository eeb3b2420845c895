// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/calls/firewalldestination.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Firewall
{

enum class Action : std::uint8_t {
    Accept,
    Drop,
};

enum class Protocol : std::uint8_t {
    Tcp,
    Udp,
    Icmp, ///< of the packet's own family: ICMP or ICMPv6
};

/// Both ends belong to it; first <= last.
struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 65535;

    friend bool operator==(const PortRange &, const PortRange &) = default;
};

/// What may or may not leave a qube. A packet that meets every condition of a rule is dealt with by its action; the
/// first rule of the list that fits decides, and what fits none is dropped. Made by parseRule(), which holds these
/// together: ports only with Tcp or Udp, an ICMP type only with Icmp.
/// @source spec admin-api, 8.10
struct Rule {
    Action action = Action::Drop;
    std::optional<std::chrono::sys_seconds> expire = {}; ///< from then on the rule is ignored
    std::optional<Destination> destination = {};
    std::optional<Protocol> protocol = {};
    bool toNameServers = false; ///< only packets to the name servers of the chain, port 53
    std::optional<PortRange> ports = {};
    std::optional<std::uint8_t> icmpType = {};
    std::string comment = {}; ///< for people; empty: none

    [[nodiscard]] bool isExpired(std::chrono::sys_seconds now) const noexcept
    {
        return expire && *expire <= now;
    }

    friend bool operator==(const Rule &, const Rule &) = default;
};

/// In the order in which they are tried.
using Rules = std::vector<Rule>;

/// Most rules a qube can have: each is an entry in its net qube's settings store, which holds 4096 for all clients, and
/// a line that the net qube's kernel walks through for each packet.
inline constexpr std::size_t MaxRules = 1000;

} // namespace Bulkhead::Firewall
