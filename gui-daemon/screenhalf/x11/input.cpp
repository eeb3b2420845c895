// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/x11/input.h"

#include <utility>

namespace Bulkhead::Screen
{
namespace
{

using namespace Gui::FromDaemon;

/// The highest bit says that another client sent the event.
constexpr std::uint8_t EventTypeMask = 0x7F;
constexpr std::uint32_t ModifierMask = 0x00FF;
constexpr std::uint32_t StateMask = 0x1FFF;
constexpr std::uint8_t CrossingHasFocus = 1;

/// From the corner of what the guest draws. Popups' borders cover the outermost of the guest's own pixels.
Point inPicture(const GuestWindow &window, std::int16_t x, std::int16_t y)
{
    const Point picture = window.frame.shown.geometry.picture;
    return {x - picture.x, y - picture.y};
}

NotifyDetail detailOf(std::uint8_t detail)
{
    switch (detail) {
    case XCB_NOTIFY_DETAIL_ANCESTOR:
        return NotifyDetail::Ancestor;
    case XCB_NOTIFY_DETAIL_VIRTUAL:
        return NotifyDetail::Virtual;
    case XCB_NOTIFY_DETAIL_INFERIOR:
        return NotifyDetail::Inferior;
    case XCB_NOTIFY_DETAIL_NONLINEAR:
        return NotifyDetail::Nonlinear;
    case XCB_NOTIFY_DETAIL_NONLINEAR_VIRTUAL:
        return NotifyDetail::NonlinearVirtual;
    case XCB_NOTIFY_DETAIL_POINTER:
        return NotifyDetail::Pointer;
    case XCB_NOTIFY_DETAIL_POINTER_ROOT:
        return NotifyDetail::PointerRoot;
    default:
        return NotifyDetail::None;
    }
}

NotifyMode modeOf(std::uint8_t mode)
{
    switch (mode) {
    case XCB_NOTIFY_MODE_GRAB:
        return NotifyMode::Grab;
    case XCB_NOTIFY_MODE_UNGRAB:
        return NotifyMode::Ungrab;
    default:
        return NotifyMode::Normal;
    }
}

/// Focus that follows the pointer because nobody has it is nobody's focus.
bool isRealFocus(std::uint8_t detail)
{
    return detail != XCB_NOTIFY_DETAIL_POINTER && detail != XCB_NOTIFY_DETAIL_POINTER_ROOT
        && detail != XCB_NOTIFY_DETAIL_NONE;
}

} // namespace

Input::Input(const Connection &connection, Emit emit)
    : m_connection(connection)
    , m_emit(std::move(emit))
{
    onMappingChanged();
}

void Input::onMappingChanged()
{
    m_keys.setModifiers(m_connection.readModifierKeys());
    m_meanings = m_connection.readKeyMeanings();
}

void Input::setClipboard(const ClipboardSequences &sequences, OnClipboardAct onAct)
{
    m_clipboardKeys.setSequences(sequences);
    m_onClipboardAct = std::move(onAct);
}

bool Input::takeForClipboard(WindowId window, const xcb_key_press_event_t &event, bool pressed)
{
    const auto verdict = pressed
        ? m_clipboardKeys.pressed(m_meanings, event.detail, event.state, m_keys.isHeld(event.detail))
        : m_clipboardKeys.released(event.detail);
    if (verdict.isOurs) {
        m_lastAct = event.time;
    }
    if (verdict.act && m_onClipboardAct) {
        m_onClipboardAct(*verdict.act, window, event.time);
    }
    return verdict.isOurs;
}

void Input::interruptClipboard(WindowId window)
{
    if (const auto act = m_clipboardKeys.interrupted(); act && m_onClipboardAct) {
        m_onClipboardAct(*act, window, 0);
    }
}

std::uint32_t Input::stateFor(std::uint16_t state) const noexcept
{
    return state & (m_focused ? StateMask : StateMask & ~ModifierMask);
}

void Input::onKey(const GuestWindow &window, const xcb_key_press_event_t &event)
{
    if (m_locked || m_focused != window.id) {
        return;
    }
    const bool pressed = (event.response_type & EventTypeMask) == XCB_KEY_PRESS;
    if (takeForClipboard(window.id, event, pressed)) {
        return;
    }
    if (!(pressed ? m_keys.pressed(event.detail) : m_keys.released(event.detail))) {
        return;
    }
    m_lastAct = event.time;
    const Point corner = window.frame.shown.geometry.content.topLeft(); // key events come to the frame
    m_emit(Key{.window = window.id,
               .action = pressed ? Press::Pressed : Press::Released,
               .position = {event.event_x - corner.x, event.event_y - corner.y},
               .state = event.state & StateMask,
               .keycode = event.detail});
}

void Input::onButton(const GuestWindow &window, const xcb_button_press_event_t &event)
{
    if (m_locked) {
        return;
    }
    const bool pressed = (event.response_type & EventTypeMask) == XCB_BUTTON_PRESS;
    const Button button{.window = window.id,
                        .action = pressed ? Press::Pressed : Press::Released,
                        .position = inPicture(window, event.event_x, event.event_y),
                        .state = stateFor(event.state),
                        .button = event.detail};
    if (pressed) {
        m_lastAct = event.time;
        m_heldButtons.insert_or_assign(event.detail, button);
    } else {
        m_heldButtons.erase(event.detail);
    }
    m_emit(button);
}

void Input::letGoOfButton(WindowId window, Point position, std::uint16_t state)
{
    if (m_locked) {
        return;
    }
    m_heldButtons.erase(XCB_BUTTON_INDEX_1);
    m_emit(Button{.window = window,
                  .action = Press::Released,
                  .position = position,
                  .state = stateFor(state),
                  .button = XCB_BUTTON_INDEX_1});
}

void Input::onMotion(const GuestWindow &window, const xcb_motion_notify_event_t &event)
{
    if (m_locked) {
        return;
    }
    m_emit(Motion{.window = window.id,
                  .position = inPicture(window, event.event_x, event.event_y),
                  .state = stateFor(event.state)});
}

void Input::onCrossing(const GuestWindow &window, const xcb_enter_notify_event_t &event)
{
    if (m_locked) {
        return;
    }
    const bool entered = (event.response_type & EventTypeMask) == XCB_ENTER_NOTIFY;
    if (entered) {
        // A key map goes before each enter; without the focus it holds nothing, which releases what may have stuck.
        m_emit(Keymap{.down = m_focused ? m_keys.believed() : KeySet{}});
    }
    m_emit(Crossing{.window = window.id,
                    .passage = entered ? Passage::Entered : Passage::Left,
                    .position = inPicture(window, event.event_x, event.event_y),
                    .state = stateFor(event.state),
                    .mode = modeOf(event.mode),
                    .detail = detailOf(event.detail),
                    .hasFocus = (event.same_screen_focus & CrossingHasFocus) != 0});
}

void Input::onFocus(const GuestWindow &window, const xcb_focus_in_event_t &event)
{
    const bool gained = (event.response_type & EventTypeMask) == XCB_FOCUS_IN;
    if (gained && event.mode == XCB_NOTIFY_MODE_UNGRAB && m_focused == window.id) {
        // Another program had the keyboard: what was pressed meanwhile was for it, what was released is up.
        interruptClipboard(window.id);
        tellPressedKeys();
    }
    const bool wanted = event.mode == XCB_NOTIFY_MODE_NORMAL || event.mode == XCB_NOTIFY_MODE_WHILE_GRABBED;
    if (!wanted || !isRealFocus(event.detail)) {
        return; // grabs come and go without the focus moving
    }
    if (gained) {
        m_focused = window.id;
        tellPressedKeys();
    } else if (m_focused == window.id) {
        m_focused.reset();
        interruptClipboard(window.id);
    }
    tellFocus(window.id, gained ? FocusChange::Gained : FocusChange::Lost, detailOf(event.detail));
}

void Input::tellPressedKeys()
{
    if (!m_locked) {
        m_emit(Keymap{.down = m_keys.focusGained(m_connection.readPressedKeys())});
    }
}

void Input::tellFocus(WindowId window, FocusChange change, NotifyDetail detail)
{
    if (!m_locked) {
        m_emit(Focus{.window = window, .change = change, .mode = NotifyMode::Normal, .detail = detail});
    }
}

void Input::setLocked(bool locked)
{
    if (locked == m_locked) {
        return;
    }
    if (locked) {
        for (auto &[number, button] : std::exchange(m_heldButtons, {})) {
            button.action = Press::Released;
            m_emit(button);
        }
        if (m_focused) {
            interruptClipboard(*m_focused);
            tellFocus(*m_focused, FocusChange::Lost, NotifyDetail::Nonlinear);
        }
        m_locked = true;
        return;
    }
    m_locked = false;
    if (m_focused) {
        tellPressedKeys(); // that which ended the lock among them, which the qube does not hear come up
        tellFocus(*m_focused, FocusChange::Gained, NotifyDetail::Nonlinear);
    }
}

void Input::forget(WindowId window)
{
    std::erase_if(m_heldButtons, [window](const auto &held) {
        return held.second.window == window;
    });
    if (m_focused == window) {
        m_focused.reset();
        interruptClipboard(window);
    }
}

} // namespace Bulkhead::Screen
