// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace Bulkhead::FileCopy
{

/// Whether a letter may stand in a name that a person has to tell from others: of a script of Europe or East Asia or
/// common to all, drawn from left to right, visible, and nothing that is put on the letter before it.
/// @source docs/protocol/filecopy.md, section Letters
[[nodiscard]] bool isShownLetter(char32_t letter) noexcept;

/// Whether a text is well-formed UTF-8 (RFC 3629) of such letters.
[[nodiscard]] bool hasOnlyShownLetters(std::string_view text) noexcept;

} // namespace Bulkhead::FileCopy
