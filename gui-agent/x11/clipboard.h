// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "gui-agent/outlet.h"
#include "gui-agent/x11/connection.h"
#include "gui-agent/x11/selectionoffer.h"
#include "gui-agent/x11/selectionreader.h"
#include "gui-agent/x11/servertime.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/guitypes.h"

#include <cstddef>
#include <optional>
#include <span>

namespace Bulkhead::GuiAgent
{

/// The guest's clipboard as the daemon uses it: gives its text when the person copies, takes the person's text when
/// they paste. The text is neither kept longer than needed nor ever logged.
class Clipboard
{
public:
    /// All outlive it. @param window  the agent's, owner and requestor of selections
    Clipboard(Connection &x, ServerTime &time, EventLoop &loop, xcb_window_t window, Outlet &out);

    void setVersion(Gui::Version negotiated)
    {
        m_version = negotiated;
    }

    /// Pasted text is wiped as soon as nobody has asked for it for so long.
    void wipeAfter(Duration idle)
    {
        m_wipeAfter = idle;
    }

    /// Sends the text of the clipboard's owner, or an empty one.
    void requestText();
    void offerText(std::span<const std::byte> text);

    /// Takes the event if it is about selections.
    void handle(const xcb_generic_event_t &event);

private:
    void noteAccess();

    EventLoop &m_loop;
    Outlet &m_out;
    Gui::Version m_version = Gui::OwnVersion;
    SelectionOffer m_offer;
    SelectionReader m_reader;
    std::optional<Duration> m_wipeAfter;
    EventLoop::Handle m_wipe;
};

} // namespace Bulkhead::GuiAgent
