// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Drag
{

/// Most bytes of a list that is read: MostFiles paths of some length.
inline constexpr std::size_t LongestUriList = std::size_t{1} << 20U;

/// The files that a text/uri-list names (RFC 2483), as absolute paths. One entry that is no file of this system refuses
/// the whole list: half a drag is a surprise.
/// @param hostName  of this system; a host in a URI must be empty, `localhost` or this one
/// @errors BadValue (a URI that is no local file; a path with `.`, `..`, an empty part or NUL; one below /proc, /sys or
///         /dev), TooMuch (LongestUriList, MostFiles)
[[nodiscard]] Result<std::vector<std::string>> parseUriList(std::string_view text, std::string_view hostName);

/// The way back: each path as a URI, with CR LF behind it.
[[nodiscard]] std::string buildUriList(const std::vector<std::string> &paths);

} // namespace Bulkhead::Drag
