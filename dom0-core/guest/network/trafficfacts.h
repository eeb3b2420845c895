// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/calls/firewalldestination.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace Bulkhead::GuestNetwork
{

/// What has gone over an interface since there is one, in bytes, as this qube sees it: what it received is what the
/// qube at the other end has sent.
struct InterfaceBytes {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;

    friend bool operator==(const InterfaceBytes &, const InterfaceBytes &) = default;
};

/// What the kernel of this qube knows of the ways out of it.
struct TrafficFacts {
    /// Names of interfaces, by the IPv4 address that is reached over them directly and alone: on the way to a client
    /// there is nobody else.
    std::map<Firewall::Network, std::string> ways;
    std::map<std::string, InterfaceBytes, std::less<>> bytes; ///< by the name of the interface
};

/// Of /proc/net/route. Lines that say something else are passed over.
/// @source Linux, net/ipv4/fib_trie.c, fib_route_seq_show()
[[nodiscard]] std::map<Firewall::Network, std::string> hostRoutesIn(std::string_view text);
/// Of /proc/net/dev, whose numbers have 64 bits.
/// @source Linux, net/core/net-procfs.c, dev_seq_printf_stats()
[[nodiscard]] std::map<std::string, InterfaceBytes, std::less<>> interfaceBytesIn(std::string_view text);

/// As they are now. What cannot be read is empty.
[[nodiscard]] TrafficFacts readTrafficFacts();

} // namespace Bulkhead::GuestNetwork
