// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "gui-agent/guestsession/readysocket.h"
#include "gui-agent/guestsession/service.h"
#include "gui-agent/guestsession/xservercommand.h"
#include "vchan-io/transport/eventloop.h"

#include <memory>
#include <optional>
#include <string>

namespace Bulkhead::GuestSession
{

struct SessionSettings {
    std::optional<unsigned> display = 0; ///< none: the first free one
    Size screen{1920, 1080};
    XServerChoice xServer;
    /// The X server draws GLX if this file is there: the qube's service `glx`.
    std::string glxFlag = "/run/qubes-service/glx";
    std::string agent = "bulkhead-gui-agent";               ///< a program of PATH, or its path
    std::string dragAgent = "bulkhead-drag-agent";          ///< the same; empty: no file is dragged out of this guest
    std::string forkServer = "bulkhead-qrexec-fork-server"; ///< the same; empty: calls have nothing of this session
    std::string runtimeDirectory;
};

/// The display of one guest: keeps an X server running, and on it the GUI agent, which finds the server's keys numbered
/// as dom0 numbers them, the drag agent, and the fork server, in a login, so that what calls start finds the display
/// and whatever else a person's programs expect. An agent that ends is started again alone, so programs stay; an X
/// server that ends takes all programs with it, and all are started again.
class Session
{
public:
    /// Starts the X server. @param loop  outlives it
    /// @errors Io, BadValue
    [[nodiscard]] static Result<std::unique_ptr<Session>> start(EventLoop &loop, SessionSettings settings);

    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;
    /// Ends the agents, then the X server.
    ~Session() = default;

private:
    Session(EventLoop &loop, SessionSettings settings, std::unique_ptr<ReadySocket> socket);

    [[nodiscard]] Result<void> begin();
    void onXServerReady(const std::string &said);
    void onXServerEnded();
    [[nodiscard]] Result<void> startKeymap();
    void onKeymapSet();
    void startAgent();
    void startForkServer();

    EventLoop &m_loop;
    SessionSettings m_settings;
    std::string m_display; ///< of the X server that runs
    std::unique_ptr<ReadySocket> m_socket;
    std::optional<Child> m_keymap; ///< what sets it, until it has
    EventLoop::Handle m_keymapWatch;
    Service m_xServer;
    Service m_agent;
    Service m_dragAgent;
    Service m_forkServer;
};

} // namespace Bulkhead::GuestSession
