// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "gui-agent/x11/connection.h"

#include <xcb/xcb.h>

namespace Bulkhead::GuiAgent
{

/// The agent's own window: one pixel that shows nothing and is never announced. To programs it stands for the window
/// manager that the guest does not have (EWMH); it owns selections; and it is put under the pointer when the pointer
/// has left the guest's windows in dom0, which it cannot do here.
class StubWindow
{
public:
    /// Makes the window and announces the window manager on the root window.
    /// @param x  outlives it
    explicit StubWindow(Connection &x);
    StubWindow(const StubWindow &) = delete;
    StubWindow &operator=(const StubWindow &) = delete;
    ~StubWindow();

    [[nodiscard]] xcb_window_t xid() const noexcept
    {
        return m_window;
    }

    /// Puts it on top of everything at that place, so that the program below sees the pointer leave.
    void coverPointer(Point where);
    void uncoverPointer();

private:
    void announceWindowManager();

    Connection &m_x;
    xcb_window_t m_window;
    bool m_covers = false;
};

} // namespace Bulkhead::GuiAgent
