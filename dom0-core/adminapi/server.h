// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "dom0-core/adminapi/acceptor.h"
#include "dom0-core/adminapi/call.h"
#include "dom0-core/adminapi/callqueue.h"
#include "dom0-core/adminapi/connection.h"
#include "dom0-core/adminapi/corestreams.h"
#include "dom0-core/adminapi/eventstreams.h"
#include "dom0-core/adminapi/methods.h"
#include "dom0-core/adminapi/poller.h"
#include "dom0-core/adminapi/request.h"
#include "dom0-core/adminapi/statsstreams.h"
#include "dom0-core/adminapi/trafficstreams.h"

#include <QObject>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace Bulkhead::AdminApi
{

/// @source spec security, L-18
inline constexpr std::size_t MaxConnections = 512;
inline constexpr std::chrono::milliseconds RequestDeadline{10000};

/// Accepts connections, reads one request from each and hands it to its method.
class Server : public QObject
{
    Q_OBJECT

public:
    struct Options {
        bool debug = false; ///< exception frames tell which call raised them
        std::chrono::milliseconds deadline = RequestDeadline;
    };

    /// What the services, the poller and the clock point to outlives the server.
    Server(Services services, Poller &poller, const Clock &clock, Options options, QObject *parent = nullptr);
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;
    ~Server() override = default;

    /// Serves these methods on a socket. @errors as Acceptor::open()
    [[nodiscard]] Result<void>
    listen(const std::filesystem::path &path, Access access, std::span<const Method> methods);

    /// Open connections, calls and streams alike.
    [[nodiscard]] std::size_t connectionCount() const noexcept
    {
        return m_connections;
    }

    /// To be told what net qubes write of their clients.
    [[nodiscard]] TrafficStreams &traffic() noexcept
    {
        return m_traffic;
    }

private:
    void admit(UniqueFd fd, std::span<const Method> methods);
    void onComplete(Connection *connection, const std::string &bytes, std::span<const Method> methods);
    void onStreaming(Connection *connection,
                     const std::string &head,
                     const std::string &begin,
                     std::span<const Method> methods);
    /// @param upload  what follows the request, if that is a stream
    [[nodiscard]] Checked<void> dispatch(Connection *connection,
                                         const Request &request,
                                         std::span<const Method> methods,
                                         std::optional<Upload> upload = std::nullopt);
    void run(Connection *connection, const Method &method, Call call, std::optional<Upload> upload);
    [[nodiscard]] Reply replyTo(Connection *connection, const std::string &trace) const;
    void subscribe(Connection *connection, Stream stream, const Call &call);
    void send(Connection *connection, Checked<std::string> result, const std::string &trace) const;

    Services m_services;
    Poller &m_poller;
    Options m_options;
    EventStreams m_events;
    CoreStreams m_coreEvents;
    StatsStreams m_stats;
    TrafficStreams m_traffic;
    CallQueue m_queue;
    std::vector<std::unique_ptr<Acceptor>> m_acceptors;
    std::size_t m_connections = 0;
};

} // namespace Bulkhead::AdminApi
