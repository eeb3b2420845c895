// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "gui-agent/modifierplan.h"
#include "gui-agent/x11/connection.h"

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>

namespace Bulkhead::GuiAgent
{

/// Where the guest's pointer is.
struct PointerPlace {
    Point position;                        ///< root coordinates
    xcb_window_t window = XCB_WINDOW_NONE; ///< the root window's child under it
};

/// Makes the guest's X server believe in a keyboard and a pointer (XTEST).
class Injector
{
public:
    enum class Action : std::uint8_t { Press, Release };

    /// @param x  outlives it
    explicit Injector(Connection &x);

    /// Brings the guest's modifiers to `state`, then makes the key event.
    /// @param state  X's modifier mask before the event
    void key(std::uint8_t keycode, Action action, std::uint32_t state);
    void button(std::uint8_t button, Action action);
    void movePointer(Point position);

    /// Releases keys that are down in the guest and not in `held`; presses none.
    void releaseKeysExcept(const KeySet &held);
    /// The daemon is gone: nobody would ever release what is down.
    void releaseEverything();

    [[nodiscard]] std::optional<PointerPlace> pointer() const;

    /// The guest's keymap changed: which keys are modifiers is asked again at the next key.
    void forgetKeymap()
    {
        m_modifiers.reset();
    }

private:
    void synchronise(std::uint32_t state);
    void make(std::span<const KeyAction> plan);
    void fake(std::uint8_t type, std::uint8_t detail, Point position = {});
    [[nodiscard]] const ModifierKeys &modifiers();

    Connection &m_x;
    std::optional<ModifierKeys> m_modifiers;
    std::bitset<256> m_buttons; ///< down by us
};

} // namespace Bulkhead::GuiAgent
