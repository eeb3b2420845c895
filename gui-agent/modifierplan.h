// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace Bulkhead::GuiAgent
{

/// X's keycodes that are down.
using KeySet = std::bitset<256>;

/// One key event to make in the guest.
struct KeyAction {
    enum class Kind : std::uint8_t { Press, Release };

    std::uint8_t keycode = 0;
    Kind kind = Kind::Press;

    friend constexpr bool operator==(const KeyAction &, const KeyAction &) noexcept = default;
};

/// Which keys make which modifier in the guest's keymap.
struct ModifierKeys {
    struct Modifier {
        std::vector<std::uint8_t> keycodes;
        bool locks = false; ///< one press and release switches it on, another one off: CapsLock, NumLock
    };

    /// Shift, Lock, Control, Mod1 … Mod5: the order of X's mask bits.
    static constexpr std::size_t Count = 8;
    std::array<Modifier, Count> modifiers;
};

/// What to press and release so that the guest's modifiers become those of the daemon's event. A modifier without a key
/// is left as it is; mask bits above the modifiers (buttons, layout group) are not looked at.
/// @param present  the guest's modifier mask
/// @param wanted   the mask in the daemon's message: the state before the event
/// @param down     keys that are down in the guest
[[nodiscard]] std::vector<KeyAction>
planModifiers(std::uint32_t present, std::uint32_t wanted, const KeySet &down, const ModifierKeys &keys);

/// Keys to release because the person no longer holds them; nothing is ever pressed for a keymap.
[[nodiscard]] std::vector<KeyAction> planReleases(const KeySet &down, const KeySet &held);

} // namespace Bulkhead::GuiAgent
