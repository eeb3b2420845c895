// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace Bulkhead::FileCopy
{

/// The media type of what is to be opened, as the qube's desktop names it: of an address `x-scheme-handler/SCHEME`, of
/// a file what the patterns of the shared MIME database say of its name (`mime/globs2` below XDG_DATA_HOME and each of
/// XDG_DATA_DIRS), else `text/plain` or `application/octet-stream` by its first bytes.
/// @errors Io (it is neither an address nor a file that can be read)
[[nodiscard]] Result<std::string> mediaTypeOf(const std::string &what);

/// A line of `globs2`: `WEIGHT:TYPE:PATTERN`, maybe `:cs` for a pattern whose letters are meant as they are written.
struct NamePattern {
    int weight = 0;
    std::string_view type = {};
    std::string_view pattern = {};
    bool isExact = false;
};

/// @errors BadValue (a comment, or no such line)
[[nodiscard]] Result<NamePattern> parseNamePattern(std::string_view line);

} // namespace Bulkhead::FileCopy
