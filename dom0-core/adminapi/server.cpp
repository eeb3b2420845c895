// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/server.h"

#include "base/formatted.h"
#include "base/log.h"
#include "base/printable.h"
#include "dom0-core/adminapi/frames.h"

#include <QPointer>

namespace Bulkhead::AdminApi
{

namespace
{

constexpr LogCategory Log("bulkhead.core.adminapi");

/// For a person who looks for an error in Bulkhead itself.
std::string traceOf(const Request &request)
{
    return formatted("{}+{} {} {}", request.method, request.argument, request.source, request.destination);
}

} // namespace

Server::Server(Services services, Poller &poller, const Clock &clock, Options options, QObject *parent)
    : QObject(parent)
    , m_services(services)
    , m_poller(poller)
    , m_options(options)
    , m_events(services.registry, services.permissions)
    , m_coreEvents(services.log, services.permissions)
    , m_stats(services.registry, services.driver, services.permissions, clock)
    , m_traffic(services.registry, services.permissions, clock, services.countTraffic)
{
}

Result<void> Server::listen(const std::filesystem::path &path, Access access, std::span<const Method> methods)
{
    BH_TRY(auto acceptor, Acceptor::open(path, access, m_poller, [this, methods](UniqueFd connection) {
               admit(std::move(connection), methods);
           }));
    m_acceptors.push_back(std::move(acceptor));
    return {};
}

void Server::admit(UniqueFd fd, std::span<const Method> methods)
{
    if (m_connections >= MaxConnections) {
        Log.warning("more than {} connections at once; one more was closed", MaxConnections);
        return;
    }
    auto *const connection = new Connection(std::move(fd), m_poller, m_options.deadline);
    connection->setParent(this);
    ++m_connections;
    connect(connection, &Connection::complete, this, [this, connection, methods](const std::string &bytes) {
        onComplete(connection, bytes, methods);
    });
    connection->watchForStreams([methods](std::string_view bytes) {
        return streamStart(bytes, methods);
    });
    connect(connection,
            &Connection::streaming,
            this,
            [this, connection, methods](const std::string &head, const std::string &begin) {
                onStreaming(connection, head, begin, methods);
            });
    connect(connection, &Connection::closed, this, [this, connection](const QString &why) {
        if (!why.isEmpty()) {
            Log.debug("connection closed: {}", why.toStdString());
        }
        --m_connections;
        connection->deleteLater();
        for (const auto &acceptor : m_acceptors) {
            acceptor->resume();
        }
    });
    if (const auto opened = connection->open(); !opened) {
        Log.warning("a connection could not be watched: {}", opened.error().text());
        --m_connections;
        delete connection;
    }
}

void Server::onComplete(Connection *connection, const std::string &bytes, std::span<const Method> methods)
{
    const auto request = parseRequest(bytes);
    if (!request) {
        Log.warning("a request was not understood: {}", request.error().detail);
        connection->answer({});
        return;
    }
    if (const auto taken = dispatch(connection, *request, methods); !taken) {
        send(connection, std::unexpected(taken.error()), traceOf(*request));
    }
}

void Server::onStreaming(Connection *connection,
                         const std::string &head,
                         const std::string &begin,
                         std::span<const Method> methods)
{
    const auto request = parseRequest(head);
    auto socket = connection->duplicate();
    if (!request || !socket) {
        Log.warning("a stream was not taken: {}", request ? socket.error().text() : request.error().detail);
        connection->answer({});
        return;
    }
    Upload upload{.begun = begin, .socket = *std::move(socket)};
    if (const auto taken = dispatch(connection, *request, methods, std::move(upload)); !taken) {
        send(connection, std::unexpected(taken.error()), traceOf(*request));
    }
}

Checked<void> Server::dispatch(Connection *connection,
                               const Request &request,
                               std::span<const Method> methods,
                               std::optional<Upload> upload)
{
    const Model &model = m_services.registry.model();
    BH_TRY(const Qube *const source, resolve(model, request.source));
    BH_TRY(const Qube *const destination, resolveDestination(model, source->name, request.destination));
    const Method *const method = findMethod(methods, request.method);
    if (method == nullptr) {
        return refuse(RefusalKind::Protocol, "no such method");
    }
    BH_CHECK(checkCaller(*method, connection->peerUser(), ::geteuid()));
    BH_CHECK(checkColumns(*method, request.argument, request.payload, *destination));
    run(connection,
        *method,
        Call{.services = m_services,
             .method = request.method,
             .argument = request.argument,
             .payload = request.payload,
             .source = source->name,
             .destination = destination->id},
        std::move(upload));
    return {};
}

void Server::run(Connection *connection, const Method &method, Call call, std::optional<Upload> upload)
{
    const std::string trace = formatted("{}+{}", call.method, call.argument);
    if (const auto *const handler = std::get_if<SyncHandler>(&method.handler)) {
        send(connection, (*handler)(call), trace);
    } else if (const auto *const later = std::get_if<AsyncHandler>(&method.handler)) {
        m_queue.add(*later, std::move(call), replyTo(connection, trace));
    } else if (const auto *const receive = std::get_if<UploadHandler>(&method.handler)) {
        if (!upload) {
            send(connection, refuse(RefusalKind::Protocol, "the request ends before its stream begins"), trace);
            return;
        }
        (*receive)(call, *std::move(upload), replyTo(connection, trace));
    } else {
        subscribe(connection, std::get<Stream>(method.handler), call);
    }
}

/// A client that goes away does not stop its call.
Reply Server::replyTo(Connection *connection, const std::string &trace) const
{
    return [this, trace, guarded = QPointer(connection)](const Checked<std::string> &result) {
        if (guarded) {
            send(guarded, result, trace);
        }
    };
}

void Server::subscribe(Connection *connection, Stream stream, const Call &call)
{
    if (const auto permitted = call.permit(); !permitted) {
        send(connection, std::unexpected(permitted.error()), call.method);
        return;
    }
    const auto only = call.destination == Dom0Qid ? std::nullopt : std::optional(call.qube().name);
    switch (stream) {
    case Stream::Events:
        m_events.add(connection, call.source, only);
        return;
    case Stream::EventsFrom:
        m_coreEvents.add(connection, call.source, call.argument);
        return;
    case Stream::Stats:
        m_stats.add(connection, call.source, only);
        return;
    case Stream::Traffic:
        m_traffic.add(connection, call.source);
        return;
    }
}

void Server::send(Connection *connection, Checked<std::string> result, const std::string &trace) const
{
    if (result) {
        connection->answer(successFrame(*std::move(result)));
        return;
    }
    Log.debug("{}: refused: {}", printable(trace), result.error().message);
    connection->answer(refusalFrame(result.error(), m_options.debug ? trace : std::string()));
}

} // namespace Bulkhead::AdminApi
