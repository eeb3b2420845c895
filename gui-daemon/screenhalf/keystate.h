// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <bitset>
#include <cstdint>

namespace Bulkhead::Screen
{

/// A bit for each of X's keycodes.
using KeySet = std::bitset<256>;

/// What one qube may know of the keyboard (spec security, R-30 and R-32). A key that went down while the qube had not
/// the focus is none of its business until it has come up again.
class KeyState
{
public:
    /// Keys that are told at every focus: Shift, Control and the like.
    void setModifiers(const KeySet &modifiers) noexcept
    {
        m_modifiers = modifiers;
    }

    /// The qube gets the focus while `down` is down.
    /// @return what it may believe down: what it already believes, as far as it is true, and modifiers
    [[nodiscard]] KeySet focusGained(const KeySet &down) noexcept;

    /// What the qube believes down.
    [[nodiscard]] const KeySet &believed() const noexcept
    {
        return m_believed;
    }

    /// Whether the key is down since before now: the qube believes so, or another had the focus then.
    [[nodiscard]] bool isHeld(std::uint8_t keycode) const noexcept
    {
        return m_believed[keycode] || m_swallowed[keycode];
    }

    /// A press or a repeat while the qube has the focus. @return whether the qube sees it
    [[nodiscard]] bool pressed(std::uint8_t keycode) noexcept;
    /// @return whether the qube sees it
    [[nodiscard]] bool released(std::uint8_t keycode) noexcept;

private:
    KeySet m_modifiers;
    KeySet m_believed;
    KeySet m_swallowed; ///< down since another had the focus
};

} // namespace Bulkhead::Screen
