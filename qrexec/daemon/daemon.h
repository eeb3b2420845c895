// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "qrexec/daemon/controlchannel.h"
#include "qrexec/daemon/dom0call.h"
#include "qrexec/daemon/localclient.h"
#include "qrexec/daemon/options.h"
#include "qrexec/daemon/portallocator.h"
#include "qrexec/daemon/qubecall.h"
#include "qrexec/daemon/starterlink.h"
#include "qrexec/process/loglimit.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/unixlistener.h"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace Bulkhead::Qrexec
{

/// One qube's daemon in dom0: between the programs of dom0 that want something run in the qube and the qube's agent.
/// Its sockets exist exactly while the agent is connected. What the qube itself asks for is done where the policy says
/// so, and refused otherwise, also where there is no policy to ask.
class Daemon
{
public:
    /// The daemon has to end, with this status: the agent broke the protocol, or the sockets cannot be made.
    using OnEnd = std::move_only_function<void(int status)>;

    /// Programs of dom0 that may be connected at once: one for each data port, and some that greet. Two descriptors
    /// each.
    static constexpr std::size_t MaxClients = 300;

    /// Calls of the qube that wait for a decision or for their target, and those of services of dom0's and of
    /// disposables that have not ended. Source: spec qrexec, section 19.
    static constexpr std::size_t MaxCalls = 256;

    /// @param loop, backend  outlive the daemon
    /// @param starter  what forkStarter() returned; nothing: dom0 offers no services
    Daemon(EventLoop &loop, Backend &backend, DaemonOptions options, UniqueFd starter, OnEnd onEnd);
    Daemon(const Daemon &) = delete;
    Daemon &operator=(const Daemon &) = delete;
    ~Daemon();

    /// Begins to look for the agent.
    void start();

    [[nodiscard]] std::size_t portsInUse() const noexcept
    {
        return m_ports.inUse();
    }

private:
    using ClientId = std::uint64_t;
    using CallId = std::uint64_t;

    /// A connected program, and what it was given.
    struct Client {
        std::unique_ptr<LocalClient> connection;
        std::optional<ChannelAddress> call; ///< the caller's domain and the port
        bool isOrphan = false; ///< the agent that it came to has gone and will not report the end of a call
    };

    /// A service of dom0's that the qube called.
    struct Service {
        std::unique_ptr<Dom0Call> call;
        ChannelAddress caller;
        bool isOrphan = false; ///< the agent that asked for it has gone and will not report its end
    };

    void connectToAgent();
    void connectLater(Duration delay);
    void onAgentReady();
    void onAgentEnd(const Error &error);
    void onTrigger(const Trigger &trigger);
    void onMalformedTrigger(const MalformedTrigger &trigger);
    void onCallConnected(CallId id, ChannelAddress target, const std::optional<QubeCall::Disposable> &disposable);
    void onCallRefused(CallId id, const std::string &why);
    void onCallOver(CallId id);
    void onCallToDom0(CallId id, std::string command);
    [[nodiscard]] Result<void> serve(const Trigger &trigger, std::string command);
    void onServiceReport(const ServiceReport &report, ServiceStreams streams);
    void onServiceOver(ServiceId id);
    void onStarterGone(const Error &error);
    void refuse(const RawIdent &ident, const std::string &why);
    void onConnectionTerminated(ChannelAddress channel);

    [[nodiscard]] Result<void> listen();
    void onConnection(UniqueFd socket, uid_t peer);
    [[nodiscard]] Result<void> addClient(UniqueFd socket);
    [[nodiscard]] Result<void> onExecute(ClientId id, const Execute &request);
    void onClientEnd(ClientId id, const Error &error);
    void forgetAgent();

    EventLoop &m_loop;
    Backend &m_backend;
    DaemonOptions m_options;
    uid_t m_ownUser;
    OnEnd m_onEnd;
    PortAllocator m_ports;
    LogLimit m_refusals;
    std::unique_ptr<ControlChannel> m_control;
    std::optional<UnixListener> m_listener;
    std::map<ClientId, Client> m_clients;
    ClientId m_nextClient = 1;
    std::map<CallId, std::unique_ptr<QubeCall>> m_calls;
    CallId m_nextCall = 1;
    StarterLink m_starter;
    std::map<ServiceId, Service> m_services;
    std::set<ServiceId> m_disposables; ///< that go with a call of the qube's
    ServiceId m_nextService = 1;
    EventLoop::Handle m_retry;
};

} // namespace Bulkhead::Qrexec
