// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/x11/connection.h"
#include "gui-agent/x11/servertime.h"

#include <xcb/xcb.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::GuiAgent
{

/// Text that the person pasted into this qube, offered to its programs as the owner of CLIPBOARD and PRIMARY (ICCCM 2).
class SelectionOffer
{
public:
    /// @param owner  the agent's window
    SelectionOffer(Connection &x, ServerTime &time, xcb_window_t owner);

    /// Replaces what was offered before, whose bytes are overwritten.
    void offer(std::string_view text);

    /// From now on an empty text is offered; the old one's bytes are overwritten.
    void wipe();

    /// Takes the event if a program asks for the text, or took a selection over.
    /// @return whether it was one
    bool handle(const xcb_generic_event_t &event);

private:
    void onRequest(const xcb_selection_request_event_t &request);
    /// @return whether the property now holds the text in the form of `target`
    bool convert(xcb_window_t requestor, xcb_atom_t target, xcb_atom_t property);
    bool convertSeveral(const xcb_selection_request_event_t &request, xcb_atom_t property);
    void onLost(xcb_atom_t selection);

    Connection &m_x;
    ServerTime &m_time;
    xcb_window_t m_owner;
    std::string m_raw; ///< as it came, up to the first NUL
    std::string m_utf8;
    xcb_timestamp_t m_since = XCB_CURRENT_TIME;
    std::vector<xcb_atom_t> m_owned;
};

} // namespace Bulkhead::GuiAgent
