// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// One file, or one address, that another qube shall show. Source: docs/protocol/filecopy.md, section Opening.
namespace Bulkhead::FileCopy
{

/// The field before the content, in bytes.
inline constexpr std::size_t OpenNameSize = 256;
/// Longest address, in bytes.
inline constexpr std::size_t MaxAddress = 8192;

enum class OpenMode : std::uint8_t { Edit, View };

/// How the file is to be called where it is opened.
struct OpenRequest {
    std::string name; ///< letters, digits and `._+@-`, not empty, `.` or `..`
    OpenMode mode = OpenMode::Edit;
    friend bool operator==(const OpenRequest &, const OpenRequest &) = default;
};

/// Letters that a name cannot have become `_`: it only has to say which kind of file it is.
/// @param field  OpenNameSize bytes; it is asserted. The last one counts as NUL whatever it is
/// @errors BadField (no name, or one that is a path)
[[nodiscard]] Result<OpenRequest> parseOpenRequest(std::span<const std::byte> field);

/// Of a name that is too long the tail is kept, which says what kind of file it is.
/// @param name  one part of a path
[[nodiscard]] std::vector<std::byte> buildOpenRequest(std::string_view name, OpenMode mode);

/// An address that may be opened: of http, https or ftp, of printable ASCII without blanks and quotes.
/// @param line  without its line feed
/// @errors BadField, TooMuch
[[nodiscard]] Result<std::string> parseAddress(std::string_view line);

} // namespace Bulkhead::FileCopy
