// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/keyrepeat.h"

#include "gui-agent/x11/xkb.h"

#include <cstdint>

namespace Bulkhead::GuiAgent
{

KeyRepeat::KeyRepeat(Connection &x)
    : m_x(x)
{
    xcb_xkb_select_events(m_x.xcb(),
                          XCB_XKB_ID_USE_CORE_KBD,
                          XCB_XKB_EVENT_TYPE_CONTROLS_NOTIFY,
                          0,
                          XCB_XKB_EVENT_TYPE_CONTROLS_NOTIFY,
                          0,
                          0,
                          nullptr);
    switchOff();
}

void KeyRepeat::handle(const xcb_generic_event_t &event) const
{
    // All events of XKB share one number; which it is stands in the byte behind it.
    if ((event.response_type & 0x7F) != m_x.extensions().xkbEvents || event.pad0 != XCB_XKB_CONTROLS_NOTIFY) {
        return;
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how libxcb gives events out
    const auto &controls = reinterpret_cast<const xcb_xkb_controls_notify_event_t &>(event);
    m_x.noteTime(controls.time);
    if ((controls.enabledControls & XCB_XKB_BOOL_CTRL_REPEAT_KEYS) != 0) {
        switchOff();
    }
}

void KeyRepeat::switchOff() const
{
    const std::uint32_t off = XCB_AUTO_REPEAT_MODE_OFF;
    xcb_change_keyboard_control(m_x.xcb(), XCB_KB_AUTO_REPEAT_MODE, &off);
}

} // namespace Bulkhead::GuiAgent
