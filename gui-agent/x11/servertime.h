// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/x11/connection.h"

#include <xcb/sync.h>
#include <xcb/xcb.h>

namespace Bulkhead::GuiAgent
{

/// What time it is on the X server's clock. Changes of the focus and of a selection's owner carry a time, and the
/// server ignores those that are older than the last one: the newest time seen in an event is not enough.
class ServerTime
{
public:
    /// @param x  outlives it
    explicit ServerTime(Connection &x);

    /// Asks the server; falls back to the newest time seen in an event.
    [[nodiscard]] xcb_timestamp_t now();

private:
    Connection &m_x;
    xcb_sync_counter_t m_clock = XCB_NONE;
};

} // namespace Bulkhead::GuiAgent
