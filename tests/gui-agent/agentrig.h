// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/agent.h"
#include "tests/gui-agent/scripteddaemon.h"
#include "tests/gui-agent/testbackend.h"
#include "tests/gui-agent/testprogram.h"
#include "tests/support/testclock.h"
#include "vchan-io/transport/eventloop.h"

#include <QTemporaryDir>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace Bulkhead::Test
{

/// The whole agent on the test's X server, with a daemon that the test scripts and programs that the test plays. Agent,
/// daemon and programs take turns in one thread, so nothing happens that the test does not wait for.
class AgentRig
{
public:
    /// Longest wait for anything; a test that waits so long has failed.
    static constexpr auto Patience = std::chrono::seconds(20);

    AgentRig();

    /// Starts the agent; false if it does not start.
    [[nodiscard]] bool startAgent();
    void stopAgent();

    [[nodiscard]] GuiAgent::Agent &agent()
    {
        return *m_agent;
    }

    [[nodiscard]] TestBackend &backend()
    {
        return m_backend;
    }

    /// The daemon's end of the channel that the agent serves next; waits until it does.
    [[nodiscard]] std::unique_ptr<ScriptedDaemon> daemon(Gui::Version version = Gui::OwnVersion);

    /// A daemon that has finished the handshake.
    [[nodiscard]] std::unique_ptr<ScriptedDaemon> connectedDaemon(Gui::Version version = Gui::OwnVersion);

    /// The agent's limits pass only here, never because the machine is busy.
    void advance(Duration by)
    {
        m_clock.advance(by);
    }

    /// Lets everybody take turns until `condition` holds; false if it does not within Patience.
    [[nodiscard]] bool waitUntil(const std::function<bool()> &condition);

    /// Lets everybody take turns until what the programs and the daemon have done so far has had its effect: the agent
    /// has seen the X server's answer to a change made after all of it, and the daemon what it sent then.
    [[nodiscard]] bool settle(ScriptedDaemon &daemon);

    /// What the agent's status file says; empty without one.
    [[nodiscard]] std::string status() const;

    [[nodiscard]] EventLoop &loop()
    {
        return *m_loop;
    }

private:
    [[nodiscard]] std::string statusPath() const;

    TestClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
    QTemporaryDir m_directory;
    TestBackend m_backend;
    std::unique_ptr<GuiAgent::StatusFile> m_status;
    std::unique_ptr<GuiAgent::Agent> m_agent;
    std::unique_ptr<TestProgram> m_beacon; ///< what settle() changes
};

} // namespace Bulkhead::Test
