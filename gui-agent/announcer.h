// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/outlet.h"
#include "gui-agent/pageledger.h"
#include "gui-agent/windowtable.h"
#include "gui-agent/x11/contents.h"

#include <cstddef>

namespace Bulkhead::GuiAgent
{

/// The one place that tells the daemon about windows: sends what differs between a window and what was announced of it,
/// in the protocol's order, and remembers it as announced. So whatever programs do while the daemon is slow, what waits
/// is one difference a window, never a list of events.
class Announcer
{
public:
    /// All outlive it.
    Announcer(WindowTable &windows, Contents &contents, PageLedger &ledger);

    /// Tells about everything that was touched, as far as the daemon keeps up; the rest stays touched.
    void push(Outlet &out);

    /// A daemon arrived that knows nothing: windows that are in the table now are told as windows of before
    /// (docs/protocol/gui.md, After a reconnect).
    void restart();

private:
    void pushGone(Outlet &out);
    void pushWindow(Outlet &out, GuestWindow &window);
    void create(Outlet &out, GuestWindow &window);
    void createAgain(Outlet &out, GuestWindow &window);
    void describe(Outlet &out, GuestWindow &window);
    void sendMapping(Outlet &out, GuestWindow &window);
    void sendMap(Outlet &out, GuestWindow &window);
    void sendConfigure(Outlet &out, GuestWindow &window);
    void sendTitle(Outlet &out, GuestWindow &window);
    void sendProgramClass(Outlet &out, GuestWindow &window);
    void sendHints(Outlet &out, GuestWindow &window);
    void sendDump(Outlet &out, GuestWindow &window);
    void pushContents(Outlet &out, GuestWindow &window);

    WindowTable &m_windows;
    Contents &m_contents;
    PageLedger &m_ledger;
    std::uint64_t m_bornBefore = 0; ///< windows up to this one were there before the present daemon
};

} // namespace Bulkhead::GuiAgent
