// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "gui-daemon/screenhalf/clipboardkeys.h"
#include "gui-daemon/screenhalf/guestwindow.h"
#include "gui-daemon/screenhalf/keystate.h"
#include "gui-daemon/screenhalf/x11/connection.h"
#include "vchan-io/wire/screencommands.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

namespace Bulkhead::Screen
{

/// Turns the X server's input events into what the qube may know (spec security 2.5). Keys belong to the window with
/// the keyboard focus; to a qube without it the pointer brings no modifier and no key map.
class Input
{
public:
    using Emit = std::function<void(const Event &)>;
    /// The person copies or pastes between qubes: in this window, at this X time (0: unknown).
    using OnClipboardAct = std::function<void(ClipboardAct act, WindowId window, std::uint32_t time)>;

    /// @param connection  outlives it
    Input(const Connection &connection, Emit emit);

    /// Until this is called all keys are the qube's.
    void setClipboard(const ClipboardSequences &sequences, OnClipboardAct onAct);

    void onKey(const GuestWindow &window, const xcb_key_press_event_t &event);
    void onButton(const GuestWindow &window, const xcb_button_press_event_t &event);
    void onMotion(const GuestWindow &window, const xcb_motion_notify_event_t &event);
    void onCrossing(const GuestWindow &window, const xcb_enter_notify_event_t &event);
    /// The qube hears that the first button came up, for an end that it must not see.
    /// @param position  in the window's picture
    void letGoOfButton(WindowId window, Point position, std::uint16_t state);
    void onFocus(const GuestWindow &window, const xcb_focus_in_event_t &event);
    /// The meaning of keys has changed.
    void onMappingChanged();
    /// The window is gone or not mapped any more: it has no focus.
    void forget(WindowId window);
    /// While the session is locked the qube hears of nothing that a person does (spec security, R-33): it loses the
    /// focus, and what is held is let go of. Afterwards it has the focus again that its window has by then.
    void setLocked(bool locked);

    [[nodiscard]] std::optional<WindowId> focused() const noexcept
    {
        return m_focused;
    }

    /// When the person last pressed a key or button in this qube, in X time; 0: never.
    [[nodiscard]] xcb_timestamp_t lastAct() const noexcept
    {
        return m_lastAct;
    }

private:
    /// Whether the key is one of dom0's own; then the qube is not told.
    [[nodiscard]] bool takeForClipboard(WindowId window, const xcb_key_press_event_t &event, bool pressed);
    void interruptClipboard(WindowId window);
    void tellFocus(WindowId window, Gui::FromDaemon::FocusChange change, Gui::FromDaemon::NotifyDetail detail);
    void tellPressedKeys();
    [[nodiscard]] std::uint32_t stateFor(std::uint16_t state) const noexcept;

    const Connection &m_connection;
    Emit m_emit;
    OnClipboardAct m_onClipboardAct;
    KeyState m_keys;
    KeyMeanings m_meanings;
    ClipboardKeys m_clipboardKeys;
    std::optional<WindowId> m_focused; ///< kept while locked, too, when the qube knows of none
    std::map<std::uint8_t, Gui::FromDaemon::Button> m_heldButtons; ///< what the qube heard of their presses
    bool m_locked = false;
    xcb_timestamp_t m_lastAct = 0;
};

} // namespace Bulkhead::Screen
