// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/keystate.h"

namespace Bulkhead::Screen
{

KeySet KeyState::focusGained(const KeySet &down) noexcept
{
    m_believed = down & (m_believed | m_modifiers);
    m_swallowed = down & ~m_believed;
    return m_believed;
}

bool KeyState::pressed(std::uint8_t keycode) noexcept
{
    if (m_swallowed[keycode]) {
        return false;
    }
    m_believed.set(keycode);
    return true;
}

bool KeyState::released(std::uint8_t keycode) noexcept
{
    const bool seen = !m_swallowed[keycode];
    m_swallowed.reset(keycode);
    m_believed.reset(keycode);
    return seen;
}

} // namespace Bulkhead::Screen
