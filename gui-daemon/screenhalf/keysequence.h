// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Screen
{

/// Keys that dom0 keeps for itself: modifiers and one more, named by what it means and not by where it is.
struct KeySequence {
    std::uint16_t modifiers = 0; ///< of X's state: exactly these of Shift, Control, Mod1, Mod3, Mod4
    std::uint32_t keysym = 0;    ///< X's, a letter as a small one

    friend bool operator==(const KeySequence &, const KeySequence &) = default;
};

/// `Ctrl-Shift-c`: modifiers in any order and case, then a keysym's name. `disable` and `none` are none at all.
/// @errors BadValue (not of this form, no such keysym; Mod2, which is Num Lock and never counts)
/// @source spec clipboard, section 5
[[nodiscard]] Result<std::optional<KeySequence>> parseKeySequence(const std::string &text);

/// What keys mean, as the X server's core keyboard mapping tells it.
struct KeyMeanings {
    std::uint8_t firstKeycode = 8;
    std::uint8_t perKeycode = 0;             ///< keysyms for each keycode: two for each group
    std::vector<std::uint32_t> keysyms = {}; ///< rows of perKeycode, from firstKeycode on

    /// Whether a press of this key, with this state, is the sequence. Caps Lock and Num Lock do not matter. Where the
    /// layout in use has no key of that meaning (a Cyrillic one has no `c`), the key that means it in another counts.
    [[nodiscard]] bool isPressOf(const KeySequence &sequence, std::uint8_t keycode, std::uint16_t state) const;

private:
    [[nodiscard]] std::uint32_t meaningOf(std::size_t row, std::size_t column) const;
};

} // namespace Bulkhead::Screen
