// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/firewall/hiddenaddress.h"

#include "base/formatted.h"

#include <array>
#include <cstdint>

namespace Bulkhead::Firewall
{

namespace
{

constexpr std::string_view IcmpErrors = "{ destination-unreachable, redirect, time-exceeded, parameter-problem }";

struct IcmpError {
    std::uint32_t type;
    std::uint32_t code;
};

/// Unreachable (network, host, protocol, port, too big, and by a filter), and expired on the way.
constexpr std::array TranslatedErrors{IcmpError{3, 0},
                                      IcmpError{3, 1},
                                      IcmpError{3, 2},
                                      IcmpError{3, 3},
                                      IcmpError{3, 4},
                                      IcmpError{3, 9},
                                      IcmpError{3, 10},
                                      IcmpError{3, 13},
                                      IcmpError{11, 0}};

std::uint32_t wordOf(const Network &address)
{
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < sizeof word; ++i) {
        word = word << 8 | address.bytes.at(i);
    }
    return word;
}

/// What a checksum over 16-bit words makes of an address.
std::uint32_t halvesOf(const Network &address)
{
    const std::uint32_t word = wordOf(address);
    return (word >> 16) + (word & 0xFFFF);
}

std::string tableOf(std::string_view interface)
{
    return formatted("netdev bulkhead-{}", interface);
}

/// An error's message holds the head of the packet that it is about, whose source is 20 bytes in. nft corrects ICMP's
/// checksum for no byte but those of type and code. So these are first changed by as much as the address is going to
/// change, which corrects the checksum, and then put back, which does not.
std::string errorRule(const HiddenAddress &hidden, const IcmpError &error)
{
    constexpr std::uint32_t Modulus = 0xFFFF; // sums of ones' complement
    const std::uint32_t before = error.type << 8 | error.code;
    const std::uint32_t shifted =
        (before + halvesOf(hidden.visible) + 2 * Modulus - halvesOf(hidden.real) % Modulus) % Modulus;
    return formatted("        icmp type {} icmp code {} icmp type set {} icmp code set {} @th,0,16 set {} "
                     "@th,160,32 set {} ip daddr set {} goto from-gateway\n",
                     error.type,
                     error.code,
                     shifted >> 8,
                     shifted & 0xFF,
                     before,
                     wordOf(hidden.visible),
                     hidden.visible.addressText());
}

std::string fromClient(const HiddenAddress &hidden)
{
    const auto real = hidden.real.addressText();
    const auto visible = hidden.visible.addressText();
    const auto gateway = hidden.gateway.addressText();
    const auto visibleGateway = hidden.visibleGateway.addressText();
    std::string text = formatted("    chain from-client {{\n"
                                 "        type filter hook ingress device \"{}\" priority -500; policy drop;\n",
                                 hidden.interface);
    text += formatted("        arp saddr ip {} arp daddr ip {} arp saddr ip set {} arp daddr ip set {} accept\n"
                      "        meta protocol ip6 accept\n"
                      "        ip saddr != {} drop\n",
                      visible,
                      visibleGateway,
                      real,
                      gateway,
                      visible);
    // Where one of the two is what the client sees, it is no secret.
    if (hidden.real != hidden.visible) {
        text += formatted("        ip daddr {} drop\n", real);
    }
    if (hidden.gateway != hidden.visibleGateway) {
        text += formatted("        ip daddr {} drop\n", gateway);
    }
    return text
        + formatted("        icmp type {} drop\n"
                    "        ip daddr {} ip daddr set {}\n"
                    "        ip saddr set {} accept\n    }}\n",
                    IcmpErrors,
                    visibleGateway,
                    gateway,
                    real);
}

std::string toClient(const HiddenAddress &hidden)
{
    const auto real = hidden.real.addressText();
    const auto visible = hidden.visible.addressText();
    const auto gateway = hidden.gateway.addressText();
    const auto visibleGateway = hidden.visibleGateway.addressText();
    std::string errors;
    for (const IcmpError &error : TranslatedErrors) {
        errors += errorRule(hidden, error);
    }
    // One about a packet to the net qube itself would tell its address.
    const auto ofGateway = hidden.gateway == hidden.visibleGateway
        ? std::string()
        : formatted("        @th,192,32 {} drop\n", wordOf(hidden.gateway));
    return formatted("    chain from-gateway {{\n        ip saddr {} ip saddr set {}\n        accept\n    }}\n"
                     "    chain errors {{\n        @th,160,32 != {} drop\n{}{}        drop\n    }}\n",
                     gateway,
                     visibleGateway,
                     wordOf(hidden.real),
                     ofGateway,
                     errors)
        + formatted("    chain to-client {{\n"
                    "        type filter hook egress device \"{}\" priority 500; policy drop;\n"
                    "        arp saddr ip {} arp daddr ip {} arp saddr ip set {} arp daddr ip set {} accept\n"
                    "        meta protocol ip6 accept\n"
                    "        ip daddr != {} drop\n"
                    "        icmp type {} goto errors\n"
                    "        ip daddr set {} goto from-gateway\n    }}\n",
                    hidden.interface,
                    gateway,
                    real,
                    visibleGateway,
                    visible,
                    real,
                    IcmpErrors,
                    visible);
}

} // namespace

std::string unhidingText(std::string_view interface)
{
    // Whether the table is there is not known, and removing one that is not is an error: it is made first.
    return formatted("table {0} {{ }}\ndelete table {0}\n", tableOf(interface));
}

std::string hidingText(const HiddenAddress &hidden)
{
    return unhidingText(hidden.interface)
        + formatted("table {} {{\n{}{}}}\n", tableOf(hidden.interface), fromClient(hidden), toClient(hidden));
}

} // namespace Bulkhead::Firewall
