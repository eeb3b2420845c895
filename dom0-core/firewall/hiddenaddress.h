// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/calls/firewalldestination.h"

#include <string>
#include <string_view>

namespace Bulkhead::Firewall
{

/// A client of a net qube that is told other IPv4 addresses than it has.
struct HiddenAddress {
    std::string interface; ///< the client's, in the net qube: letters, digits and dots
    Network real;          ///< the client's, by which the net qube and its firewall know it
    Network visible;       ///< what the client takes for its own
    Network gateway;       ///< the net qube's
    Network visibleGateway;
};

/// Commands for `nft -f -` that translate between what the client sees and what is, where its interface begins: behind
/// it there are real addresses only, so rules, routes and other clients know nothing of it, and any two clients may be
/// told the same. IPv6 is not translated and passes. Of IPv4 and ARP nothing else passes than what the client says as
/// the visible address, to anybody but the two real ones, so that it can neither speak as another nor find out by
/// trying which its own is; and what is said to its real address. The interface must exist; what was there is replaced.
///
/// Errors of ICMP to the client speak of the packet that it sent, and are translated within, too, where a program or
/// the kernel acts on them (unreachable, too big, expired); others do not pass, nor do those that the client sends.
/// @source spec qube-model, 10.3
[[nodiscard]] std::string hidingText(const HiddenAddress &hidden);
/// Takes it away; harmless where there is none.
[[nodiscard]] std::string unhidingText(std::string_view interface);

} // namespace Bulkhead::Firewall
