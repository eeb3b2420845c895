// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/focus.h"

#include <array>
#include <bit>
#include <cstdint>

namespace Bulkhead::GuiAgent
{

Focus::Focus(Connection &x, ServerTime &time)
    : m_x(x)
    , m_time(time)
{
}

void Focus::give(const GuestWindow &window)
{
    raise(window);
    const xcb_timestamp_t now = m_time.now();
    if (window.manners.takesInput) {
        setInput(window.xid(), now);
    }
    if (window.manners.takesFocus) {
        sendProtocol(window, m_x.atoms().wmTakeFocus, now);
    }
}

void Focus::take(const GuestWindow &window)
{
    if (window.manners.takesInput) {
        setInput(XCB_INPUT_FOCUS_NONE, m_time.now());
    }
}

void Focus::raise(const GuestWindow &window)
{
    const std::uint32_t above = XCB_STACK_MODE_ABOVE;
    xcb_configure_window(m_x.xcb(), window.xid(), XCB_CONFIG_WINDOW_STACK_MODE, &above);
}

void Focus::close(const GuestWindow &window)
{
    if (window.manners.deletesWindow) {
        sendProtocol(window, m_x.atoms().wmDeleteWindow, m_time.now());
    } else {
        xcb_kill_client(m_x.xcb(), window.xid());
    }
}

/// Where the window vanishes, keys go nowhere: focus that fell back to the root window would give them to whatever is
/// under the pointer.
void Focus::setInput(xcb_window_t window, xcb_timestamp_t time)
{
    xcb_set_input_focus(m_x.xcb(), XCB_INPUT_FOCUS_NONE, window, time);
}

void Focus::sendProtocol(const GuestWindow &window, xcb_atom_t protocol, xcb_timestamp_t time)
{
    xcb_client_message_event_t message{};
    message.response_type = XCB_CLIENT_MESSAGE;
    message.format = 32;
    message.window = window.xid();
    message.type = m_x.atoms().wmProtocols;
    message.data.data32[0] = protocol;
    message.data.data32[1] = time;
    const auto bytes = std::bit_cast<std::array<char, sizeof message>>(message);
    xcb_send_event(m_x.xcb(), 0, window.xid(), XCB_EVENT_MASK_NO_EVENT, bytes.data());
}

} // namespace Bulkhead::GuiAgent
