// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/x11/connection.h"

namespace Bulkhead::GuiAgent
{

/// Keeps the guest's key repeat off, also against programs that switch it on: repeats come from dom0, where the
/// person's settings are, and only while the window has the focus (spec security, R-31).
class KeyRepeat
{
public:
    /// Switches it off. @param x  outlives it
    explicit KeyRepeat(Connection &x);

    /// Takes the event if it says that somebody changed the keyboard's controls.
    void handle(const xcb_generic_event_t &event) const;

private:
    void switchOff() const;

    Connection &m_x;
};

} // namespace Bulkhead::GuiAgent
