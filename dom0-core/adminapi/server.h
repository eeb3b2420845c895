// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "dom0-core/adminapi/call.h"
#include "dom0-core/adminapi/connection.h"
#include "dom0-core/adminapi/corestreams.h"
#include "dom0-core/adminapi/eventstreams.h"
#include "dom0-core/adminapi/listener.h"
#include "dom0-core/adminapi/methods.h"
#include "dom0-core/adminapi/poller.h"
#include "dom0-core/adminapi/request.h"
#include "dom0-core/adminapi/statsstreams.h"

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
    ~Server() override;

    /// Serves these methods on a socket. @errors as Listener::open()
    [[nodiscard]] Result<void>
    listen(const std::filesystem::path &path, Access access, std::span<const Method> methods);

    /// Open connections, calls and streams alike.
    [[nodiscard]] std::size_t connectionCount() const noexcept
    {
        return m_connections;
    }

private:
    void accept(int listener, std::span<const Method> methods);
    void admit(UniqueFd fd, std::span<const Method> methods);
    void resumeAccepting();
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
    void send(Connection *connection, const Checked<std::string> &result, const std::string &trace) const;

    Services m_services;
    Poller &m_poller;
    Options m_options;
    EventStreams m_events;
    CoreStreams m_coreEvents;
    StatsStreams m_stats;
    std::vector<Listener> m_listeners;
    std::vector<int> m_resting; ///< listeners that wait for a free descriptor
    std::size_t m_connections = 0;
};

} // namespace Bulkhead::AdminApi
