// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "gui-agent/announcer.h"
#include "gui-agent/daemonrequests.h"
#include "gui-agent/pageledger.h"
#include "gui-agent/session.h"
#include "gui-agent/statusfile.h"
#include "gui-agent/windowtable.h"
#include "gui-agent/x11/clipboard.h"
#include "gui-agent/x11/connection.h"
#include "gui-agent/x11/contents.h"
#include "gui-agent/x11/cursors.h"
#include "gui-agent/x11/focus.h"
#include "gui-agent/x11/injector.h"
#include "gui-agent/x11/keyrepeat.h"
#include "gui-agent/x11/servertime.h"
#include "gui-agent/x11/stubwindow.h"
#include "gui-agent/x11/windowwatcher.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>
#include <memory>

namespace Bulkhead::GuiAgent
{

/// The whole agent: shows the windows of one X server to one daemon after another, and lets the daemon act on them.
/// Everything happens in turns: events of the X server and messages of the daemon change what is known, and at the end
/// of the turn the daemon is told what differs.
class Agent final : public SessionListener
{
public:
    /// Called when the X server is gone: there is nothing left to do.
    using Ended = std::move_only_function<void()>;

    /// Takes over the X server's windows and begins to serve `daemon`. Loop, backend and status file outlive the agent.
    /// @errors InUse (another agent is there), PeerGone (the X server left), Unsupported, Io
    [[nodiscard]] static Result<std::unique_ptr<Agent>> start(EventLoop &loop,
                                                              Backend &backend,
                                                              DomId daemon,
                                                              std::unique_ptr<Connection> x,
                                                              StatusFile &status,
                                                              Ended ended);

    /// Text that the person pasted is kept no longer than this after its last use.
    void wipeClipboardAfter(Duration idle)
    {
        m_clipboard->wipeAfter(idle);
    }

    ~Agent() override = default;
    Agent(const Agent &) = delete;
    Agent &operator=(const Agent &) = delete;

private:
    Agent(EventLoop &loop,
          std::unique_ptr<Connection> x,
          std::unique_ptr<PageGranter> granter,
          StatusFile &status,
          Ended ended);

    [[nodiscard]] Result<void> begin(Backend &backend, DomId daemon);
    void turn();
    /// @return whether there was an event
    bool handleEvents();
    void handle(const xcb_generic_event_t &event);

    void onDaemonArrived(Gui::Version negotiated) override;
    void onDaemonMessage(const Gui::FromDaemon::Message &message) override;
    void onDaemonLeft() override;
    void onDaemonTurn() override;

    EventLoop &m_loop;
    std::unique_ptr<Connection> m_x;
    std::unique_ptr<PageGranter> m_granter;
    StatusFile &m_status;
    Ended m_ended;
    PageLedger m_ledger;
    WindowTable m_windows;
    StubWindow m_stub;
    WindowWatcher m_watcher;
    KeyRepeat m_keyRepeat;
    Injector m_injector;
    ServerTime m_time;
    Focus m_focus;
    Cursors m_cursors;
    // Made when the X server is ours and the daemon is served, in this order.
    std::unique_ptr<Contents> m_contents;
    std::unique_ptr<Announcer> m_announcer;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Clipboard> m_clipboard;
    std::unique_ptr<DaemonRequests> m_requests;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_again;
};

} // namespace Bulkhead::GuiAgent
