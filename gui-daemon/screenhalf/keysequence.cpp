// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/keysequence.h"

#include "base/formatted.h"
#include "base/printable.h"

#include <xcb/xcb.h>
#include <xkbcommon/xkbcommon.h>

#include <algorithm>
#include <array>

namespace Bulkhead::Screen
{

namespace
{

struct Modifier {
    std::string_view name; ///< in small letters
    std::uint16_t bit;
};

constexpr std::array Modifiers{
    Modifier{"shift", XCB_MOD_MASK_SHIFT},
    Modifier{"ctrl", XCB_MOD_MASK_CONTROL},
    Modifier{"alt", XCB_MOD_MASK_1},
    Modifier{"mod1", XCB_MOD_MASK_1},
    Modifier{"mod3", XCB_MOD_MASK_3},
    Modifier{"mod4", XCB_MOD_MASK_4},
};

/// Those that count; Caps Lock and Num Lock (Mod2) do not, nor does Mod5, by which layouts choose a level.
constexpr std::uint16_t CountingModifiers =
    XCB_MOD_MASK_SHIFT | XCB_MOD_MASK_CONTROL | XCB_MOD_MASK_1 | XCB_MOD_MASK_3 | XCB_MOD_MASK_4;

/// Where X's state has the number of the layout in use.
constexpr unsigned GroupShift = 13;
constexpr unsigned GroupMask = 3;
constexpr std::size_t ColumnsPerGroup = 2;

std::string inSmallLetters(std::string_view text)
{
    std::string small(text);
    std::ranges::transform(small, small.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return small;
}

} // namespace

Result<std::optional<KeySequence>> parseKeySequence(const std::string &text)
{
    if (const std::string word = inSmallLetters(text); word == "disable" || word == "none") {
        return std::nullopt;
    }
    KeySequence sequence;
    std::string_view rest = text;
    for (std::size_t dash = rest.find('-'); dash != std::string_view::npos; dash = rest.find('-')) {
        const std::string name = inSmallLetters(rest.substr(0, dash));
        const auto *const modifier = std::ranges::find(Modifiers, name, &Modifier::name);
        if (modifier == Modifiers.end()) {
            return fail(Errc::BadValue, formatted("'{}' is no sequence of keys: modifiers", printable(text)));
        }
        sequence.modifiers |= modifier->bit;
        rest.remove_prefix(dash + 1);
    }
    sequence.keysym = xkb_keysym_to_lower(xkb_keysym_from_name(std::string(rest).c_str(), XKB_KEYSYM_NO_FLAGS));
    if (sequence.keysym == XKB_KEY_NoSymbol) {
        return fail(Errc::BadValue, formatted("'{}' is no sequence of keys: no such keysym", printable(text)));
    }
    return sequence;
}

std::uint32_t KeyMeanings::meaningOf(std::size_t row, std::size_t column) const
{
    return xkb_keysym_to_lower(keysyms[row * perKeycode + column]);
}

bool KeyMeanings::isPressOf(const KeySequence &sequence, std::uint8_t keycode, std::uint16_t state) const
{
    if ((state & CountingModifiers) != sequence.modifiers || keycode < firstKeycode || perKeycode == 0) {
        return false;
    }
    const std::size_t rows = keysyms.size() / perKeycode;
    const std::size_t row = std::size_t{keycode} - firstKeycode;
    if (row >= rows) {
        return false;
    }
    const std::size_t column = ((state >> GroupShift) & GroupMask) * ColumnsPerGroup;
    if (column < perKeycode) {
        for (std::size_t other = 0; other < rows; ++other) {
            if (meaningOf(other, column) == sequence.keysym) { // the layout in use has such a key
                return meaningOf(row, column) == sequence.keysym;
            }
        }
    }
    for (std::size_t any = 0; any < perKeycode; ++any) {
        if (meaningOf(row, any) == sequence.keysym) {
            return true;
        }
    }
    return false;
}

} // namespace Bulkhead::Screen
