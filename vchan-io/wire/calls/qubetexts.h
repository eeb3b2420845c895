// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/label.h"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

/// What calls about a qube's own facts are given: features, tags, labels, notes, denied devices, how to shut down.
namespace Bulkhead::QubeTexts
{

/// [A-Za-z0-9_.-], not empty. @source spec qube-model, 6.1
[[nodiscard]] bool isFeatureName(std::string_view text) noexcept;
/// Printable ASCII, or nothing.
[[nodiscard]] bool isFeatureValue(std::string_view text) noexcept;

inline constexpr std::size_t MaxTag = 255;
/// [A-Za-z0-9_-], 1 to MaxTag. @source spec qube-model, 7
[[nodiscard]] bool isTag(std::string_view text) noexcept;

/// Longest name of a label: it stands in file names of icons and in a window's marks.
inline constexpr std::size_t MaxLabelName = 32;
/// [A-Za-z0-9._-], 1 to MaxLabelName.
[[nodiscard]] bool isLabelName(std::string_view text) noexcept;

/// A label as admin.label.Create is given it.
struct NewLabel {
    std::string name; ///< isLabelName(), and not digits alone, which would be taken for an index
    LabelColor color;
};

/// @param color  `0xRRGGBB`, with white space around it or not
/// @errors BadField, BadValue (the colour)
/// @source spec admin-api, 8.5
[[nodiscard]] Result<NewLabel> parseNewLabel(std::string_view name, std::string_view color);

/// Longest notes, in bytes. @source spec admin-api, 1.3; security, L-23
inline constexpr std::size_t MaxNotes = 256000;
/// Notes as code points: well-formed UTF-8 (RFC 3629), at most MaxNotes bytes of it. What is fit to be shown is for
/// whoever knows the characters.
/// @errors LongMessage, BadField
[[nodiscard]] Result<std::u32string> parseNotes(std::string_view text);

/// Characters of the code of a device's interface, `u03****`. @source spec admin-api, 8.9.1
inline constexpr std::size_t InterfaceCodeSize = 7;
/// Codes that follow one another without a separator, none twice.
/// @errors BadField, in words for a person
[[nodiscard]] Result<std::set<std::string>> parseInterfaceCodes(std::string_view text);

/// How a qube is to be shut down.
struct ShutdownOptions {
    bool force = false; ///< though others depend on it
    bool wait = false;  ///< answer when it has ended
};

/// A subset of `force` and `wait`, joined by `+`.
/// @errors BadField
/// @source spec admin-api, 8.2
[[nodiscard]] Result<ShutdownOptions> parseShutdownOptions(std::string_view text);

} // namespace Bulkhead::QubeTexts
