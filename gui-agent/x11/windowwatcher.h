// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "gui-agent/windowtable.h"
#include "gui-agent/x11/connection.h"
#include "gui-agent/x11/windowfacts.h"

#include <xcb/xcb.h>

namespace Bulkhead::GuiAgent
{

/// Keeps the table true to what the X server has: every child of the root window that can show something, and nothing
/// else. Windows without pixels (input-only) and our own are left out; a window that is reparented into another one is
/// gone for the daemon, one that is reparented to the root is new.
class WindowWatcher
{
public:
    /// @param ours  a window that is never announced
    WindowWatcher(Connection &x, WindowTable &windows, xcb_window_t ours);

    /// Redirects the contents of all windows, watches the root window and takes in what is there already.
    /// @errors InUse (another program redirects them), PeerGone
    [[nodiscard]] Result<void> start();

    /// Takes the event if it is about the life of windows or their properties.
    /// @return whether it was
    bool handle(const xcb_generic_event_t &event);

    /// Reads what the events of this turn made necessary.
    void refresh()
    {
        m_facts.refresh();
    }

private:
    void adopt(xcb_window_t window);
    void onConfigure(const xcb_configure_notify_event_t &event);
    void onMap(const xcb_map_notify_event_t &event);
    void onUnmap(const xcb_unmap_notify_event_t &event);
    void onReparent(const xcb_reparent_notify_event_t &event);
    void onProperty(const xcb_property_notify_event_t &event);
    void onClientMessage(const xcb_client_message_event_t &event);
    void removeBorder(xcb_window_t window) const;

    Connection &m_x;
    WindowTable &m_windows;
    WindowFacts m_facts;
    xcb_window_t m_ours;
};

} // namespace Bulkhead::GuiAgent
