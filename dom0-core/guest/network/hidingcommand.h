// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <span>
#include <string>
#include <string_view>

namespace Bulkhead::GuestNetwork
{

/// How the program is called: words of the command line behind its name.
inline constexpr std::string_view HidingUsage = "hide INTERFACE REAL VISIBLE GATEWAY VISIBLE-GATEWAY";

/// What `bulkhead-network hide` prints: the commands for nft that translate the addresses of one client. The script
/// that plugs interfaces in on Xen calls it; the local driver makes the same (firewall/hiddenaddress.h).
/// @errors BadValue
[[nodiscard]] Result<std::string> hidingCommands(std::span<const std::string> words);

} // namespace Bulkhead::GuestNetwork
