// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "base/qubename.h"
#include "qrexec/daemon/startermessages.h"
#include "qrexec/process/child.h"
#include "qrexec/service/launch.h"
#include "qrexec/service/preparation.h"
#include "qrexec/service/sessionwaiter.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/socketexchange.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

/// Starts dom0's services for one qube's daemon, in a process of its own: the daemon reads what the qube says and can
/// start nothing, this one starts programs and reads nothing of the qube's. It hands the service's streams to the
/// daemon and tells when the service has ended. What it is told it judges anew: it runs services only, and only as
/// called by its own qube. It also sees to it that disposables which were made for the qube's calls go with these,
/// whatever becomes of the daemon.
class Starter
{
public:
    /// The daemon has gone, or said what it never says, and no disposable is left. The handler may destroy this.
    using OnEnd = std::move_only_function<void(const Error &)>;

    /// @param loop  outlives this
    /// @param daemon  SOCK_SEQPACKET
    /// @param qube  whose daemon it is
    /// @param coreSocket  where disposables are killed
    Starter(EventLoop &loop, UniqueFd daemon, QubeName qube, Surroundings here, std::string coreSocket, OnEnd onEnd);
    Starter(const Starter &) = delete;
    Starter &operator=(const Starter &) = delete;
    ~Starter();

    /// @errors Io
    [[nodiscard]] Result<void> start();

private:
    struct Service {
        Child child;
        EventLoop::Handle end;
    };

    struct Disposable {
        UniqueFd connection; ///< to its daemon; nothing once it is being killed
        std::string name;
        EventLoop::Handle watch;
        std::unique_ptr<SocketExchange> kill;
    };

    void onReadable();
    [[nodiscard]] Result<void> takeOrder();
    void onOrder(const ServiceOrder &order);
    [[nodiscard]] Result<void> keep(const ServiceOrder &order, UniqueFd connection);
    void onConnectionReadable(ServiceId id);
    void kill(ServiceId id);
    void onKilled(ServiceId id);
    void endIfIdle();
    [[nodiscard]] Result<Command> judge(const ServiceOrder &order) const;
    void run(ServiceId id, const Command &command);
    [[nodiscard]] Result<void> tryRun(ServiceId id, const Command &command);
    void onServiceEnd(ServiceId id);
    void reportFailure(ServiceId id, const Error &error);
    [[nodiscard]] Result<void> report(const ServiceReport &report, std::span<const int> streams = {});

    EventLoop &m_loop;
    UniqueFd m_daemon;
    QubeName m_qube;
    Surroundings m_here;
    std::string m_coreSocket;
    OnEnd m_onEnd;
    std::optional<Error> m_lost; ///< why there is no daemon any more
    SessionWaiter m_session;
    std::map<ServiceId, Service> m_services;
    std::map<ServiceId, Disposable> m_disposables;
    std::vector<std::byte> m_buffer;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::Qrexec
