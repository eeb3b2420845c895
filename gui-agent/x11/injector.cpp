// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/injector.h"

#include "gui-agent/x11/modifierkeys.h"

#include <xcb/xtest.h>

#include <algorithm>

namespace Bulkhead::GuiAgent
{

namespace
{

KeySet keysDown(xcb_connection_t *connection, xcb_query_keymap_cookie_t asked)
{
    KeySet down;
    const XcbPtr<xcb_query_keymap_reply_t> reply(xcb_query_keymap_reply(connection, asked, nullptr));
    if (!reply) {
        return down;
    }
    const std::span bytes(reply->keys);
    for (std::size_t keycode = 0; keycode < down.size(); ++keycode) {
        const std::uint8_t mask = static_cast<std::uint8_t>(1U << (keycode % 8));
        down.set(keycode, (bytes[keycode / 8] & mask) != 0);
    }
    return down;
}

} // namespace

Injector::Injector(Connection &x)
    : m_x(x)
{
}

void Injector::key(std::uint8_t keycode, Action action, std::uint32_t state)
{
    synchronise(state);
    fake(action == Action::Press ? XCB_KEY_PRESS : XCB_KEY_RELEASE, keycode);
}

void Injector::button(std::uint8_t button, Action action)
{
    m_buttons.set(button, action == Action::Press);
    fake(action == Action::Press ? XCB_BUTTON_PRESS : XCB_BUTTON_RELEASE, button);
}

void Injector::movePointer(Point position)
{
    fake(XCB_MOTION_NOTIFY, 0, position);
}

void Injector::releaseKeysExcept(const KeySet &held)
{
    make(planReleases(keysDown(m_x.xcb(), xcb_query_keymap(m_x.xcb())), held));
}

void Injector::releaseEverything()
{
    releaseKeysExcept({});
    for (std::size_t index = 0; index < m_buttons.size(); ++index) {
        if (m_buttons.test(index)) {
            button(static_cast<std::uint8_t>(index), Action::Release);
        }
    }
}

std::optional<PointerPlace> Injector::pointer() const
{
    const XcbPtr<xcb_query_pointer_reply_t> reply(
        xcb_query_pointer_reply(m_x.xcb(), xcb_query_pointer(m_x.xcb(), m_x.root()), nullptr));
    if (!reply) {
        return std::nullopt;
    }
    return PointerPlace{.position = {reply->root_x, reply->root_y}, .window = reply->child};
}

void Injector::synchronise(std::uint32_t state)
{
    xcb_connection_t *c = m_x.xcb();
    const ModifierKeys &keys = modifiers();
    const auto pointerAsked = xcb_query_pointer(c, m_x.root());
    const auto keymapAsked = xcb_query_keymap(c);
    const XcbPtr<xcb_query_pointer_reply_t> present(xcb_query_pointer_reply(c, pointerAsked, nullptr));
    const KeySet down = keysDown(c, keymapAsked);
    if (present) {
        make(planModifiers(present->mask, state, down, keys));
    }
}

void Injector::make(std::span<const KeyAction> plan)
{
    for (const KeyAction &action : plan) {
        fake(action.kind == KeyAction::Kind::Press ? XCB_KEY_PRESS : XCB_KEY_RELEASE, action.keycode);
    }
}

/// The server clamps a position outside its screen, so only what X's 16 bits cannot hold is cut here.
void Injector::fake(std::uint8_t type, std::uint8_t detail, Point position)
{
    const auto x = static_cast<std::int16_t>(std::clamp(position.x, INT16_MIN, INT16_MAX));
    const auto y = static_cast<std::int16_t>(std::clamp(position.y, INT16_MIN, INT16_MAX));
    xcb_test_fake_input(m_x.xcb(), type, detail, XCB_CURRENT_TIME, m_x.root(), x, y, 0);
}

const ModifierKeys &Injector::modifiers()
{
    if (!m_modifiers) {
        m_modifiers = readModifierKeys(m_x.xcb());
    }
    return *m_modifiers;
}

} // namespace Bulkhead::GuiAgent
