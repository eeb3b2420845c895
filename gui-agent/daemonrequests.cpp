// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/daemonrequests.h"

#include "base/log.h"
#include "gui-agent/x11/windowstate.h"

#include <array>
#include <cstdint>
#include <variant>

namespace Bulkhead::GuiAgent
{

namespace
{

namespace Said = Gui::FromDaemon;

constexpr LogCategory Log("bulkhead.gui-agent.requests");

Injector::Action actionOf(Said::Press press)
{
    return press == Said::Press::Pressed ? Injector::Action::Press : Injector::Action::Release;
}

} // namespace

DaemonRequests::DaemonRequests(const Parts &parts)
    : m_parts(parts)
{
}

void DaemonRequests::obey(const Said::Message &message)
{
    std::visit(
        [this](const auto &alternative) {
            on(alternative);
        },
        message);
}

/// Keys go to whatever has the focus in the guest, as they would from a keyboard.
void DaemonRequests::on(const Said::Key &message)
{
    m_parts.injector.key(message.keycode, actionOf(message.action), message.state);
}

void DaemonRequests::on(const Said::Button &message)
{
    const GuestWindow *window = m_parts.windows.find(message.window);
    if (window != nullptr && message.action == Said::Press::Pressed) {
        bringPointer(*window, message.position);
    }
    // A release counts for whoever got the press, even if the window is gone.
    if (window != nullptr || message.action == Said::Press::Released) {
        m_parts.injector.button(message.button, actionOf(message.action));
    }
}

void DaemonRequests::on(const Said::Motion &message)
{
    if (const GuestWindow *window = m_parts.windows.find(message.window); window != nullptr) {
        movePointer(*window, message.position);
    }
}

void DaemonRequests::on(const Said::Crossing &message)
{
    GuestWindow *window = m_parts.windows.find(message.window);
    if (window == nullptr || message.mode != Said::NotifyMode::Normal) {
        return;
    }
    if (message.passage == Said::Passage::Entered) {
        bringPointer(*window, message.position);
        m_parts.cursors.entered(*window);
        return;
    }
    const auto pointer = m_parts.injector.pointer();
    if (pointer && pointer->window == window->xid()) {
        m_parts.stub.coverPointer(pointer->position);
    }
}

void DaemonRequests::on(const Said::Focus &message)
{
    const GuestWindow *window = m_parts.windows.find(message.window);
    if (window == nullptr || (message.mode != Said::NotifyMode::Normal && message.mode != Said::NotifyMode::Ungrab)) {
        return;
    }
    if (message.change == Said::FocusChange::Gained) {
        m_parts.focus.give(*window);
    } else {
        m_parts.focus.take(*window);
    }
}

void DaemonRequests::on(const Said::Keymap &message)
{
    m_parts.injector.releaseKeysExcept(message.down);
}

/// The answer tells the geometry that the window then has. X changes at once what it changes; where it changes nothing,
/// no event would say so.
void DaemonRequests::on(const Said::Configure &message)
{
    GuestWindow *window = m_parts.windows.find(message.window);
    if (window == nullptr) {
        return;
    }
    xcb_connection_t *c = m_parts.x.xcb();
    const Rect &wanted = message.geometry;
    const std::array values{
        static_cast<std::uint32_t>(wanted.x), static_cast<std::uint32_t>(wanted.y), wanted.width, wanted.height};
    xcb_configure_window(c,
                         window->xid(),
                         XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT,
                         values.data());
    const XcbPtr<xcb_get_geometry_reply_t> geometry(
        xcb_get_geometry_reply(c, xcb_get_geometry(c, window->xid()), nullptr));
    if (!geometry) {
        return; // destroyed: the event that says so is on its way
    }
    window->geometry = {geometry->x, geometry->y, geometry->width, geometry->height};
    ++window->answersOwed;
    m_parts.windows.touch(*window);
}

void DaemonRequests::on(const Said::Map &message)
{
    const GuestWindow *window = m_parts.windows.find(message.window);
    if (window == nullptr) {
        return;
    }
    const std::uint32_t overrideRedirect = message.overrideRedirect ? 1 : 0;
    xcb_change_window_attributes(m_parts.x.xcb(), window->xid(), XCB_CW_OVERRIDE_REDIRECT, &overrideRedirect);
    xcb_map_window(m_parts.x.xcb(), window->xid());
}

void DaemonRequests::on(const Said::Close &message)
{
    if (const GuestWindow *window = m_parts.windows.find(message.window); window != nullptr) {
        m_parts.focus.close(*window);
    }
}

void DaemonRequests::on(const Said::ClipboardRequest & /*message*/)
{
    m_parts.clipboard.requestText();
}

void DaemonRequests::on(const Said::ClipboardData &message)
{
    m_parts.clipboard.offerText(message.text);
}

void DaemonRequests::on(const Said::ChangeState &message)
{
    GuestWindow *window = m_parts.windows.find(message.window);
    if (window == nullptr) {
        return;
    }
    changeWindowState(m_parts.x, *window, message.set, message.unset);
    if (message.set.minimized || message.unset.minimized) {
        window->hidden = message.set.minimized;
        m_parts.windows.touch(*window); // what was drawn meanwhile
    }
}

/// From here on the id may be used again. X hands its ids out anew only after a long while, and a window is told of
/// only once its predecessor's end was told, so nothing waits for this.
void DaemonRequests::on(const Said::Destroyed & /*message*/)
{
}

void DaemonRequests::on(const Said::DumpAcknowledged &message)
{
    if (!m_parts.ledger.acknowledged(message.window)) {
        Log.debug("an acknowledgement for window {:#x} that no dump waits for", message.window.value());
    }
}

void DaemonRequests::on(const Said::Skipped & /*message*/)
{
}

void DaemonRequests::movePointer(const GuestWindow &window, Point inWindow)
{
    m_parts.injector.movePointer({window.geometry.x + inWindow.x, window.geometry.y + inWindow.y});
}

void DaemonRequests::bringPointer(const GuestWindow &window, Point inWindow)
{
    m_parts.stub.uncoverPointer();
    movePointer(window, inWindow);
    const auto pointer = m_parts.injector.pointer();
    if (pointer && pointer->window != window.xid()) {
        m_parts.focus.raise(window);
    }
}

} // namespace Bulkhead::GuiAgent
