// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Qrexec
{

/// Largest desktop file that is read.
inline constexpr std::size_t MaxDesktopFile = 262144;

/// What a desktop file says about starting its application.
struct DesktopEntry {
    std::string name;
    std::string icon;
    std::string exec;      ///< escapes of the file resolved, quotes not yet
    std::string directory; ///< Path
    bool terminal = false;
};

/// Reads the group [Desktop Entry].
/// @errors BadValue (no application, hidden, nothing to execute)
/// @source freedesktop.org Desktop Entry Specification 1.5
[[nodiscard]] Result<DesktopEntry> parseDesktopEntry(std::string_view text);

/// Splits the line to execute into words and fills in the field codes; codes for files and addresses vanish, since none
/// are given. No shell has a part in it.
/// @param file  where the entry was found, for %k
/// @errors BadValue (open quote, unknown code, nothing left)
[[nodiscard]] Result<std::vector<std::string>> expandExec(const DesktopEntry &entry, const std::string &file);

/// File names that an id may have below a directory of applications: `a-b` is a-b.desktop or a/b.desktop.
/// @errors BadValue (an id that could lead elsewhere)
[[nodiscard]] Result<std::vector<std::string>> desktopFileNames(std::string_view id);

} // namespace Bulkhead::Qrexec
