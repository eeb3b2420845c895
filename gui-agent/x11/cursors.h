// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/windowtable.h"
#include "gui-agent/x11/connection.h"
#include "gui-agent/x11/injector.h"

namespace Bulkhead::GuiAgent
{

/// Watches which cursor the X server shows and gives it to the window under the pointer. Only names cross the wire, so
/// a cursor without a name the cursor font knows is shown as the default one.
class Cursors
{
public:
    /// All outlive it.
    Cursors(Connection &x, WindowTable &windows, const Injector &pointer);

    /// Takes the event if the cursor changed.
    void handle(const xcb_generic_event_t &event);

    /// The pointer came to this window; its cursor may be the one that the window before had, which is no event.
    void entered(GuestWindow &window);

private:
    void show(GuestWindow &window);

    Connection &m_x;
    WindowTable &m_windows;
    const Injector &m_pointer;
    Gui::CursorShape m_shape;
};

} // namespace Bulkhead::GuiAgent
