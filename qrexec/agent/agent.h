// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/agent/callroute.h"
#include "qrexec/agent/controlserver.h"
#include "qrexec/agent/sessionservers.h"
#include "qrexec/agent/triggersocket.h"
#include "qrexec/process/child.h"
#include "qrexec/service/preparation.h"
#include "qrexec/service/sessionwaiter.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>

namespace Bulkhead::Qrexec
{

/// A qube's agent: starts a process for each call that dom0 asks for, or has the user's session run it, and tells dom0
/// when it has ended; passes on what programs of the qube ask of others.
class Agent
{
public:
    /// Calls at once. Source: spec qrexec, section 19.
    static constexpr std::size_t MaxCalls = 256;

    /// @param loop, backend  outlive the agent
    /// @param transport  the backend's name, for the processes of calls
    /// @param sessionSockets  SessionServers' sockets
    Agent(EventLoop &loop, Backend &backend, Surroundings here, std::string transport, std::string sessionSockets);
    Agent(const Agent &) = delete;
    Agent &operator=(const Agent &) = delete;
    ~Agent();

    /// Offers the control channel, and the trigger socket if it can be made.
    void start(const std::string &triggerSocket);

private:
    using CallId = std::uint64_t;

    /// A call's process, or the connection to the session's server, which ends as that does.
    using CallProcess = std::variant<Child, UniqueFd>;

    struct RunningCall {
        CallProcess process;
        ChannelAddress channel;
        std::uint64_t connection; ///< the daemon that asked for it
        EventLoop::Handle end;
    };

    void onExecute(const Execute &request);
    void startCall(const Execute &request, const CallRoute &route, std::uint64_t connection);
    [[nodiscard]] Result<void> tryStartCall(const Execute &request,
                                            const CallRoute &route,
                                            const ChannelAddress &channel,
                                            std::uint64_t connection);
    [[nodiscard]] Result<CallProcess>
    begin(const Execute &request, const CallRoute &route, const ChannelAddress &channel) const;
    void onCallEnd(CallId id);
    void onDaemonLost();

    EventLoop &m_loop;
    Surroundings m_here;
    std::string m_transport;
    ControlServer m_control;
    SessionWaiter m_session;
    SessionServers m_sessionServers;
    std::unique_ptr<TriggerSocket> m_triggers;
    std::map<CallId, RunningCall> m_calls;
    CallId m_nextCall = 1;
    /// Counts the daemons that were connected: the end of a call is told only to the one that asked for it, since a
    /// later one may have given its port to another.
    std::uint64_t m_connection = 0;
};

} // namespace Bulkhead::Qrexec
