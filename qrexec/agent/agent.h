// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/agent/controlserver.h"
#include "qrexec/agent/triggersocket.h"
#include "qrexec/process/child.h"
#include "qrexec/service/preparation.h"
#include "qrexec/service/sessionwaiter.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace Bulkhead::Qrexec
{

/// A qube's agent: starts a process for each call that dom0 asks for and tells dom0 when it has ended; passes on what
/// programs of the qube ask of others.
class Agent
{
public:
    /// Calls at once. Source: spec qrexec, section 19.
    static constexpr std::size_t MaxCalls = 256;

    /// @param loop, backend  outlive the agent
    /// @param transport  the backend's name, for the processes of calls
    Agent(EventLoop &loop, Backend &backend, Surroundings here, std::string transport);
    Agent(const Agent &) = delete;
    Agent &operator=(const Agent &) = delete;
    ~Agent();

    /// Offers the control channel, and the trigger socket if it can be made.
    void start(const std::string &triggerSocket);

private:
    using CallId = std::uint64_t;

    struct RunningCall {
        Child process;
        ChannelAddress channel;
        std::uint64_t connection; ///< the daemon that asked for it
        EventLoop::Handle end;
    };

    void onExecute(const Execute &request);
    [[nodiscard]] bool mustWait(const Execute &request) const;
    void startCall(const Execute &request, std::uint64_t connection);
    [[nodiscard]] Result<void>
    tryStartCall(const Execute &request, const ChannelAddress &channel, std::uint64_t connection);
    void onCallEnd(CallId id);
    void onDaemonLost();

    EventLoop &m_loop;
    Surroundings m_here;
    std::string m_transport;
    ControlServer m_control;
    SessionWaiter m_session;
    std::unique_ptr<TriggerSocket> m_triggers;
    std::map<CallId, RunningCall> m_calls;
    CallId m_nextCall = 1;
    /// Counts the daemons that were connected: the end of a call is told only to the one that asked for it, since a
    /// later one may have given its port to another.
    std::uint64_t m_connection = 0;
};

} // namespace Bulkhead::Qrexec
