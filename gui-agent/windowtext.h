// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/safetext.h"

#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::GuiAgent
{

/// Latin-1, as in properties of type STRING, as UTF-8.
[[nodiscard]] std::string utf8FromLatin1(std::string_view text);

/// A title as the wire carries it: 127 bytes at most. A longer one is cut between characters and ends in an ellipsis.
[[nodiscard]] SafeText titleForWire(std::string_view utf8);

/// A program's WM_CLASS, each part cut to what the wire carries.
struct ProgramClass {
    SafeText resourceName;
    SafeText resourceClass;

    friend bool operator==(const ProgramClass &, const ProgramClass &) noexcept = default;
};

/// @param property  bytes of WM_CLASS: the name, NUL, the class, and usually another NUL
[[nodiscard]] ProgramClass classForWire(std::string_view property);

} // namespace Bulkhead::GuiAgent
