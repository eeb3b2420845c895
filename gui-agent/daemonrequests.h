// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/pageledger.h"
#include "gui-agent/windowtable.h"
#include "gui-agent/x11/clipboard.h"
#include "gui-agent/x11/connection.h"
#include "gui-agent/x11/cursors.h"
#include "gui-agent/x11/focus.h"
#include "gui-agent/x11/injector.h"
#include "gui-agent/x11/stubwindow.h"
#include "vchan-io/wire/guifromdaemon.h"

namespace Bulkhead::GuiAgent
{

/// Does in the guest what the daemon's messages say. A message about a window that is gone by now does nothing.
class DaemonRequests
{
public:
    /// What it acts on; all outlive it.
    struct Parts {
        Connection &x;
        WindowTable &windows;
        PageLedger &ledger;
        Injector &injector;
        Focus &focus;
        StubWindow &stub;
        Cursors &cursors;
        Clipboard &clipboard;
    };

    explicit DaemonRequests(const Parts &parts);

    void obey(const Gui::FromDaemon::Message &message);

private:
    void on(const Gui::FromDaemon::Key &message);
    void on(const Gui::FromDaemon::Button &message);
    void on(const Gui::FromDaemon::Motion &message);
    void on(const Gui::FromDaemon::Crossing &message);
    void on(const Gui::FromDaemon::Focus &message);
    void on(const Gui::FromDaemon::Keymap &message);
    void on(const Gui::FromDaemon::Configure &message);
    void on(const Gui::FromDaemon::Map &message);
    void on(const Gui::FromDaemon::Close &message);
    void on(const Gui::FromDaemon::ClipboardRequest &message);
    void on(const Gui::FromDaemon::ClipboardData &message);
    void on(const Gui::FromDaemon::ChangeState &message);
    void on(const Gui::FromDaemon::Destroyed &message);
    void on(const Gui::FromDaemon::DumpAcknowledged &message);
    void on(const Gui::FromDaemon::Skipped &message);

    void movePointer(const GuestWindow &window, Point inWindow);
    /// Brings the pointer to that place of the window, and the window above whatever covers it there.
    void bringPointer(const GuestWindow &window, Point inWindow);

    Parts m_parts;
};

} // namespace Bulkhead::GuiAgent
