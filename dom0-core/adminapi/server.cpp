// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/server.h"

#include "base/log.h"
#include "base/printable.h"
#include "dom0-core/adminapi/frames.h"

#include <QPointer>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <format>

namespace Bulkhead::AdminApi
{

namespace
{

constexpr LogCategory Log("bulkhead.core.adminapi");

/// For a person who looks for an error in Bulkhead itself.
std::string traceOf(const Request &request)
{
    return std::format("{}+{} {} {}", request.method, request.argument, request.source, request.destination);
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
{
}

Server::~Server()
{
    for (const Listener &listener : m_listeners) {
        m_poller.forget(listener.fd());
    }
}

Result<void> Server::listen(const std::filesystem::path &path, Access access, std::span<const Method> methods)
{
    BH_TRY(Listener listener, Listener::open(path, access));
    const int fd = listener.fd();
    BH_CHECK(m_poller.watch(fd, EPOLLIN, [this, fd, methods](std::uint32_t) {
        accept(fd, methods);
    }));
    m_listeners.push_back(std::move(listener));
    return {};
}

void Server::accept(int listener, std::span<const Method> methods)
{
    for (;;) {
        UniqueFd fd(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (fd) {
            admit(std::move(fd), methods);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE) {
            // The waiting client stays readable: without a rest this would spin until somebody goes.
            Log.warning("out of file descriptors; clients wait until others are done");
            m_poller.change(listener, 0);
            m_resting.push_back(listener);
        }
        if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
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
        resumeAccepting();
    });
    if (const auto opened = connection->open(); !opened) {
        Log.warning("a connection could not be watched: {}", opened.error().text());
        --m_connections;
        delete connection;
    }
}

void Server::resumeAccepting()
{
    for (const int listener : std::exchange(m_resting, {})) {
        m_poller.change(listener, EPOLLIN);
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
    const auto destination = resolve(model, request.destination);
    if (!destination) {
        // Whether a qube exists is nothing that another qube may learn here (spec security, S-145).
        return source->id == Dom0Qid ? std::unexpected(destination.error())
                                     : refuse(RefusalKind::Permission, destination.error().message);
    }
    const Method *const method = findMethod(methods, request.method);
    if (method == nullptr) {
        return refuse(RefusalKind::Protocol, "no such method");
    }
    BH_CHECK(checkCaller(*method, connection->peerUser(), ::geteuid()));
    BH_CHECK(checkColumns(*method, request.argument, request.payload, **destination));
    run(connection,
        *method,
        Call{.services = m_services,
             .method = request.method,
             .argument = request.argument,
             .payload = request.payload,
             .source = source->name,
             .destination = (*destination)->id},
        std::move(upload));
    return {};
}

void Server::run(Connection *connection, const Method &method, Call call, std::optional<Upload> upload)
{
    const std::string trace = std::format("{}+{}", call.method, call.argument);
    if (const auto *const handler = std::get_if<SyncHandler>(&method.handler)) {
        send(connection, (*handler)(call), trace);
    } else if (const auto *const later = std::get_if<AsyncHandler>(&method.handler)) {
        (*later)(call, replyTo(connection, trace));
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
    }
}

void Server::send(Connection *connection, const Checked<std::string> &result, const std::string &trace) const
{
    if (result) {
        connection->answer(successFrame(*result));
        return;
    }
    Log.debug("{}: refused: {}", printable(trace), result.error().message);
    connection->answer(refusalFrame(result.error(), m_options.debug ? trace : std::string()));
}

} // namespace Bulkhead::AdminApi
