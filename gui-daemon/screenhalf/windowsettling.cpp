// SPDX-License-Identifier: GPL-2.0-or-later
// How the server is told what became of the windows: once for all that came together.
#include "gui-daemon/screenhalf/windows.h"
#include "gui-daemon/screenhalf/x11/stacking.h"

#include <ranges>
#include <utility>

namespace Bulkhead::Screen
{

void Windows::settle()
{
    do {
        while (const auto event = m_connection.nextEvent()) {
            handle(*event);
        }
        m_drag.settle();
        settleOnce();
        m_connection.flush();
        // Waiting for answers has read events into the connection's queue, where no poll() sees them.
    } while (m_connection.handleQueued([this](const xcb_generic_event_t &event) {
        handle(event);
    }));
}

void Windows::settleOnce()
{
    readDesktopIfUnknown();
    readPlaces();
    readFrameProperties();
    tellOfShown();
    while (!m_dirty.empty()) { // a new frame makes the windows that are transient for it dirty
        const WindowId id = *m_dirty.begin();
        m_dirty.erase(m_dirty.begin());
        if (const auto found = m_windows.find(id); found != m_windows.end()) {
            settleWindow(found->second);
        }
    }
}

void Windows::settleWindow(GuestWindow &window)
{
    if (!window.frame.window || window.frame.kind != window.kind) {
        dropFrame(window);
        makeFrame(window);
    }
    pushProperties(window);
    const bool shows = mayShow(window);
    const bool appears = shows && !window.frame.shown.mapped;
    if (appears) {
        m_properties.writeUserTime(window.frame.window.id(), m_input.focused() ? m_input.lastAct() : 0);
        window.visible = true; // the wire half assumes it, too
    }
    const bool overOthers = appears && window.kind == Kind::Popup;
    m_pusher.push(window.frame,
                  {.geometry = frameAround(window.kind, window.geometry, m_pusher.stripHeight()), .mapped = shows},
                  overOthers ? findLowestLocker(m_connection) : xcb_window_t{XCB_NONE});
    if (!shows) {
        setVisible(window, false);
        m_input.forget(window.id);
    }
}

/// A locker covers the windows that were there before it. Others wait, and popups, which no window manager keeps below
/// it, are unmapped.
bool Windows::mayShow(const GuestWindow &window) const noexcept
{
    return window.wantsShowing() && !(m_locked && (window.kind == Kind::Popup || !window.frame.shown.mapped));
}

void Windows::makeFrame(GuestWindow &window)
{
    window.frame = m_pusher.create(window.kind, frameAround(window.kind, window.geometry, m_pusher.stripHeight()));
    const xcb_window_t frame = window.frame.window.id();
    m_byXWindow.emplace(frame, window.id);
    m_byXWindow.emplace(window.frame.content.id(), window.id);
    m_properties.writeIdentity(frame, window.id);
    m_properties.writeStates(frame, window.startStates);
    window.titleChanged = window.classChanged = window.hintsChanged = window.cursorChanged = true;
    window.transientChanged = window.transientFor.has_value();
    for (GuestWindow &other : m_windows | std::views::values) {
        if (other.transientFor == window.id) {
            other.transientChanged = true;
            m_dirty.insert(other.id);
        }
    }
}

void Windows::dropFrame(GuestWindow &window)
{
    if (!window.frame.window) {
        return;
    }
    m_byXWindow.erase(window.frame.window.id());
    m_byXWindow.erase(window.frame.content.id());
    m_input.forget(window.id);
    // The children go with the frame.
    window.frame.content.forget();
    window.frame.strip.forget();
    window.frame = {};
    window.visible = false;
}

void Windows::pushProperties(GuestWindow &window)
{
    const xcb_window_t frame = window.frame.window.id();
    if (std::exchange(window.titleChanged, false)) {
        m_properties.writeTitle(frame, window.title);
    }
    if (std::exchange(window.classChanged, false)) {
        m_properties.writeClass(frame, window.resourceName, window.resourceClass);
    }
    if (std::exchange(window.hintsChanged, false)) {
        const FrameGeometry empty = frameAround(window.kind, {}, m_pusher.stripHeight());
        m_properties.writeHints(frame, window.hints, empty.frame.size());
    }
    if (std::exchange(window.cursorChanged, false)) {
        const xcb_cursor_t cursor = m_cursors.find(window.cursor);
        xcb_change_window_attributes(m_connection.get(), window.frame.content.id(), XCB_CW_CURSOR, &cursor);
    }
    if (std::exchange(window.transientChanged, false)) {
        const auto parent = window.transientFor ? m_windows.find(*window.transientFor) : m_windows.end();
        const bool known = parent != m_windows.end() && parent->second.frame.window;
        m_properties.writeTransientFor(frame, known ? parent->second.frame.window.id() : xcb_window_t{XCB_NONE});
    }
}

void Windows::setVisible(GuestWindow &window, bool visible)
{
    if (std::exchange(window.visible, visible) != visible) {
        emit(Visibility{.window = window.id, .visible = visible});
    }
}

} // namespace Bulkhead::Screen
