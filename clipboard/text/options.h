// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/text/broker.h"

#include <cstdint>
#include <span>
#include <string>

namespace Bulkhead::Clipboard
{

/// What a run of the program does.
enum class Deed : std::uint8_t {
    Serve,
    Offer, ///< takes standard input for a text of dom0
    Clear,
    Status,
};

struct Options {
    Deed deed = Deed::Serve;
    BrokerSettings broker;
    std::string notifySocket; ///< who tells the person; empty: the usual one of the directory
    std::string directory;    ///< of our sockets; empty: as the environment says
};

/// Seconds that a text may be held. Source: spec ui, section 13.
inline constexpr unsigned LeastHold = 5;
inline constexpr unsigned MostHold = 600;

/// @param arguments  without the program's name
/// @errors BadValue, in words that name the option
[[nodiscard]] Result<Options> parseOptions(std::span<const char *const> arguments);

} // namespace Bulkhead::Clipboard
