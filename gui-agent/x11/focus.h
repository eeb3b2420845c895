// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/guestwindow.h"
#include "gui-agent/x11/connection.h"
#include "gui-agent/x11/servertime.h"

namespace Bulkhead::GuiAgent
{

/// Gives the keyboard to windows in the ways of ICCCM 4.1.7, and closes them.
class Focus
{
public:
    /// Both outlive it.
    Focus(Connection &x, ServerTime &time);

    /// Raises the window, focuses it unless it says that it takes no input, and asks its program to focus what it likes
    /// where it wants to be asked.
    void give(const GuestWindow &window);
    void take(const GuestWindow &window);
    void raise(const GuestWindow &window);

    /// Asks the program to close the window; a program that cannot be asked is cut off from the X server.
    void close(const GuestWindow &window);

private:
    void setInput(xcb_window_t window, xcb_timestamp_t time);
    void sendProtocol(const GuestWindow &window, xcb_atom_t protocol, xcb_timestamp_t time);

    Connection &m_x;
    ServerTime &m_time;
};

} // namespace Bulkhead::GuiAgent
