// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// What xenstore says of a console's terminal: `/dev/pts/` and a number, and nothing else is one.
/// @errors BadField
/// @source spec xen-domains, section 8
[[nodiscard]] Result<std::filesystem::path> parseConsoleTerminal(std::string_view text);

/// Lets a group read and write a terminal, which xenconsoled keeps for its own user alone: a program that takes its
/// caller to a console then needs no power of root. The terminal goes with its domain, and the right with it.
/// @errors Io, Refused (it is no terminal, or another user's)
[[nodiscard]] Result<void> lendTerminal(const std::filesystem::path &terminal, gid_t group);

/// The number of a group; nothing if there is none of that name.
[[nodiscard]] std::optional<gid_t> groupOf(const std::string &name);

} // namespace Bulkhead
