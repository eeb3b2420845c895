// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/drag/dragpointer.h"

#include <utility>
#include <variant>

namespace Bulkhead::Screen
{
namespace
{

/// The highest bit says that another client sent the event.
constexpr std::uint8_t EventTypeMask = 0x7F;
constexpr std::uint8_t DragButton = 1;
constexpr std::uint32_t EscapeKeysym = 0xFF1B;
constexpr std::uint16_t GrabEvents = XCB_EVENT_MASK_BUTTON_RELEASE | XCB_EVENT_MASK_POINTER_MOTION;

/// xcb's events are one block of memory whose first byte tells the type.
template<typename T> const T &as(const xcb_generic_event_t &event)
{
    return reinterpret_cast<const T &>(event); // NOLINT: this is how xcb hands out events
}

Point inPicture(const GuestWindow &window, std::int16_t x, std::int16_t y)
{
    const Point picture = window.frame.shown.geometry.picture;
    return {x - picture.x, y - picture.y};
}

} // namespace

DragPointer::DragPointer(const Connection &connection, Handlers handlers)
    : m_connection(connection)
    , m_handlers(std::move(handlers))
{
}

void DragPointer::tell(const DragWatch::Message &message)
{
    if (message) {
        m_handlers.tell(*message);
    }
}

// --- what the qube sees, too -----------------------------------------------------------------------------------------

void DragPointer::onButton(const GuestWindow &window, const xcb_button_press_event_t &event)
{
    if (event.detail != DragButton) {
        return;
    }
    if ((event.response_type & EventTypeMask) == XCB_BUTTON_RELEASE) {
        tell(m_watch.released());
        return;
    }
    letGo(); // what the qube still believes of the press before
    m_seen = inPicture(window, event.event_x, event.event_y);
    m_seenState = event.state;
    tell(m_watch.pressed(window.id, event.time));
}

void DragPointer::onMotion(const GuestWindow &window, const xcb_motion_notify_event_t &event)
{
    if (m_watch.phase() == DragWatch::Phase::Idle) {
        return;
    }
    m_seen = inPicture(window, event.event_x, event.event_y);
    m_seenState = event.state;
    tell(m_watch.moved({event.root_x, event.root_y}, event.time, m_handlers.shownFrames()));
}

void DragPointer::forget(WindowId window)
{
    tell(m_watch.forget(window));
}

// --- what bulkhead-drag wants ----------------------------------------------------------------------------------------

void DragPointer::onOrder(const Drag::ToScreen &order)
{
    if (std::holds_alternative<Drag::Take>(order)) {
        take();
    } else {
        letGo();
    }
}

void DragPointer::onLost()
{
    letGo();
}

void DragPointer::take()
{
    if (!m_watch.mayTake()) { // back over the qube's windows, or let go
        tell(m_watch.taken(false));
        return;
    }
    xcb_connection_t *x = m_connection.get();
    const xcb_window_t root = m_connection.screen().root; // it stays, whatever the qube does with its windows
    // A press of the button gave the pointer to this client; there is no moment between in which another window has it.
    const auto pointer = xcb_grab_pointer(
        x, 0, root, GrabEvents, XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC, XCB_NONE, XCB_NONE, XCB_CURRENT_TIME);
    const auto keyboard = xcb_grab_keyboard(x, 0, root, XCB_CURRENT_TIME, XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC);
    const auto state = xcb_query_pointer(x, root);
    const XcbPtr<xcb_grab_pointer_reply_t> pointerReply(xcb_grab_pointer_reply(x, pointer, nullptr));
    const XcbPtr<xcb_grab_keyboard_reply_t> keyboardReply(xcb_grab_keyboard_reply(x, keyboard, nullptr));
    const XcbPtr<xcb_query_pointer_reply_t> stateReply(xcb_query_pointer_reply(x, state, nullptr));
    const bool isOurs = pointerReply != nullptr && pointerReply->status == XCB_GRAB_STATUS_SUCCESS
        && keyboardReply != nullptr && keyboardReply->status == XCB_GRAB_STATUS_SUCCESS;
    const bool isHeld = stateReply != nullptr && (stateReply->mask & XCB_BUTTON_MASK_1) != 0;
    if (!isOurs) {
        giveBack();
        tell(m_watch.taken(false));
        return;
    }
    if (!isHeld) { // its release came to the grab, or is on its way to the window: the qube hears of it either way
        giveBack();
        (void)m_watch.taken(true);
        letGo();
        tell(Drag::Over{});
        return;
    }
    m_meanings = m_connection.readKeyMeanings();
    tell(m_watch.taken(true));
    tell(m_watch.movedElsewhere({stateReply->root_x, stateReply->root_y}));
}

void DragPointer::giveBack()
{
    xcb_ungrab_pointer(m_connection.get(), XCB_CURRENT_TIME);
    xcb_ungrab_keyboard(m_connection.get(), XCB_CURRENT_TIME);
    m_untold.reset();
}

void DragPointer::letGo()
{
    if (m_watch.phase() == DragWatch::Phase::Mine) {
        giveBack(); // a second time does no harm
    }
    if (const auto window = m_watch.letGo()) {
        m_handlers.letGo(*window, m_seen, m_seenState);
    }
}

// --- while dom0 has the pointer --------------------------------------------------------------------------------------

bool DragPointer::handle(const xcb_generic_event_t &event)
{
    if (m_watch.phase() != DragWatch::Phase::Mine) {
        return false;
    }
    const xcb_window_t root = m_connection.screen().root;
    switch (event.response_type & EventTypeMask) {
    case XCB_MOTION_NOTIFY: {
        const auto &motion = as<xcb_motion_notify_event_t>(event);
        if (motion.event != root) {
            return false; // of before
        }
        m_untold = Point{motion.root_x, motion.root_y};
        return true;
    }
    case XCB_BUTTON_RELEASE:
        onButtonElsewhere(as<xcb_button_press_event_t>(event));
        return true;
    case XCB_KEY_PRESS:
    case XCB_KEY_RELEASE:
        onKeyElsewhere(as<xcb_key_press_event_t>(event));
        return true;
    default:
        return false;
    }
}

void DragPointer::onButtonElsewhere(const xcb_button_press_event_t &event)
{
    if (event.detail != DragButton) {
        return;
    }
    giveBack();
    tell(m_watch.releasedElsewhere({event.root_x, event.root_y}, (event.state & XCB_MOD_MASK_CONTROL) != 0));
}

void DragPointer::onKeyElsewhere(const xcb_key_press_event_t &event)
{
    const bool isPress = (event.response_type & EventTypeMask) == XCB_KEY_PRESS;
    if (isPress && m_meanings.isPressOf({.modifiers = 0, .keysym = EscapeKeysym}, event.detail, 0)) {
        giveBack();
        tell(m_watch.escaped());
    }
}

void DragPointer::settle()
{
    if (const auto place = std::exchange(m_untold, std::nullopt)) {
        tell(m_watch.movedElsewhere(*place));
    }
}

} // namespace Bulkhead::Screen
