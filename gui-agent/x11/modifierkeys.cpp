// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/modifierkeys.h"

#include "gui-agent/x11/xcbhandles.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace Bulkhead::GuiAgent
{

namespace
{

// X's keysymdef.h: keys that stay on when they are let go.
constexpr std::array<xcb_keysym_t, 5> LockingKeysyms{
    0xFF7F, // Num_Lock
    0xFF14, // Scroll_Lock
    0xFFE5, // Caps_Lock
    0xFFE6, // Shift_Lock
    0xFE05, // ISO_Level3_Lock
};

/// What stands on the keys, in the layout's first place.
class FirstKeysyms
{
public:
    explicit FirstKeysyms(xcb_connection_t *connection)
        : m_least(xcb_get_setup(connection)->min_keycode)
    {
        const auto count = static_cast<std::uint8_t>(xcb_get_setup(connection)->max_keycode - m_least + 1);
        m_reply.reset(
            xcb_get_keyboard_mapping_reply(connection, xcb_get_keyboard_mapping(connection, m_least, count), nullptr));
    }

    [[nodiscard]] bool locks(std::uint8_t keycode) const
    {
        if (!m_reply || keycode < m_least) {
            return false;
        }
        const std::span keysyms(xcb_get_keyboard_mapping_keysyms(m_reply.get()),
                                static_cast<std::size_t>(xcb_get_keyboard_mapping_keysyms_length(m_reply.get())));
        const std::size_t place = std::size_t{keycode - std::size_t{m_least}} * m_reply->keysyms_per_keycode;
        return place < keysyms.size() && std::ranges::contains(LockingKeysyms, keysyms[place]);
    }

private:
    std::uint8_t m_least;
    XcbPtr<xcb_get_keyboard_mapping_reply_t> m_reply;
};

} // namespace

ModifierKeys readModifierKeys(xcb_connection_t *connection)
{
    ModifierKeys keys;
    const auto asked = xcb_get_modifier_mapping(connection);
    const FirstKeysyms keysyms(connection);
    const XcbPtr<xcb_get_modifier_mapping_reply_t> reply(xcb_get_modifier_mapping_reply(connection, asked, nullptr));
    if (!reply) {
        return keys;
    }
    const std::span keycodes(xcb_get_modifier_mapping_keycodes(reply.get()),
                             static_cast<std::size_t>(xcb_get_modifier_mapping_keycodes_length(reply.get())));
    for (std::size_t index = 0; index < ModifierKeys::Count; ++index) {
        ModifierKeys::Modifier &modifier = keys.modifiers.at(index);
        for (const std::uint8_t keycode :
             keycodes.subspan(index * reply->keycodes_per_modifier, reply->keycodes_per_modifier)) {
            if (keycode != 0) {
                modifier.keycodes.push_back(keycode);
            }
        }
        modifier.locks = !modifier.keycodes.empty() && keysyms.locks(modifier.keycodes.front());
    }
    return keys;
}

} // namespace Bulkhead::GuiAgent
