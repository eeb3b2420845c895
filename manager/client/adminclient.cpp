// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/adminclient.h"

#include <QLocalSocket>
#include <QTimer>

#include <sys/socket.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// One call on one connection; deletes itself after `finished`.
class AdminConnection : public QObject
{
    Q_OBJECT

public:
    AdminConnection(QByteArray request, QObject *parent)
        : QObject(parent)
        , m_request(std::move(request))
    {
        connect(&m_socket, &QLocalSocket::connected, this, &AdminConnection::send);
        connect(&m_socket, &QLocalSocket::bytesWritten, this, &AdminConnection::endRequest);
        connect(&m_socket, &QLocalSocket::readyRead, this, &AdminConnection::read);
        connect(&m_socket, &QLocalSocket::disconnected, this, &AdminConnection::onDisconnected);
        connect(&m_socket, &QLocalSocket::errorOccurred, this, &AdminConnection::onError);
    }

    AdminConnection(const AdminConnection &) = delete;
    AdminConnection &operator=(const AdminConnection &) = delete;
    AdminConnection(AdminConnection &&) = delete;
    AdminConnection &operator=(AdminConnection &&) = delete;

    ~AdminConnection() override
    {
        m_socket.disconnect(this); // closing it is no answer
    }

    void open(const QString &path)
    {
        m_socket.connectToServer(path);
    }

Q_SIGNALS:
    void finished(const Bulkhead::AdminResult &result);

private:
    void send()
    {
        m_socket.write(m_request);
        m_socket.flush();
        endRequest();
    }

    /// The core acts on the end of the request only, and QLocalSocket cannot close one direction.
    void endRequest()
    {
        if (!m_ended && m_socket.bytesToWrite() == 0 && m_socket.socketDescriptor() >= 0) {
            m_ended = true;
            ::shutdown(static_cast<int>(m_socket.socketDescriptor()), SHUT_WR);
        }
    }

    void read()
    {
        m_reply += m_socket.readAll();
        if (m_reply.size() > AdminClient::MaxReply) {
            finish(std::unexpected(badAnswerError()));
        }
    }

    void onDisconnected()
    {
        m_reply += m_socket.readAll();
        finish(parseReply(m_reply));
    }

    void onError(QLocalSocket::LocalSocketError error)
    {
        if (error == QLocalSocket::PeerClosedError) {
            return; // how every answer ends; `disconnected` follows
        }
        finish(std::unexpected(m_ended ? noAnswerError() : notConnectedError()));
    }

    void finish(const AdminResult &result)
    {
        if (!std::exchange(m_finished, true)) {
            m_socket.disconnect(this);
            Q_EMIT finished(result);
            deleteLater();
        }
    }

    QLocalSocket m_socket;
    QByteArray m_request;
    QByteArray m_reply;
    bool m_ended = false;
    bool m_finished = false;
};

} // namespace

QString adminSocketPath()
{
    return qEnvironmentVariable("BULKHEAD_ADMIN_SOCKET", u"/run/qubesd.sock"_s);
}

QString coreSocketPath()
{
    const bool isMoved = qEnvironmentVariableIsSet("BULKHEAD_ADMIN_SOCKET");
    return qEnvironmentVariable("BULKHEAD_CORE_SOCKET", isMoved ? QString() : u"/run/bulkhead/core.sock"_s);
}

AdminClient::AdminClient(QString socketPath, QObject *parent)
    : QObject(parent)
    , m_socketPath(std::move(socketPath))
{
}

void AdminClient::call(AdminCall call, QObject *context, Done done)
{
    m_waiting.push_back({.call = std::move(call), .context = context, .done = std::move(done)});
    // Later, so that `done` never runs inside the caller: a refused connection is known at once.
    QTimer::singleShot(0, this, &AdminClient::startNext);
}

void AdminClient::startNext()
{
    while (m_open < MaxConnections && !m_waiting.empty()) {
        Pending next = std::move(m_waiting.front());
        m_waiting.pop_front();
        start(std::move(next));
    }
}

void AdminClient::start(Pending pending)
{
    ++m_open;
    auto *connection = new AdminConnection(buildRequest(pending.call), this);
    connect(connection,
            &AdminConnection::finished,
            this,
            [this, pending = std::move(pending)](const AdminResult &result) mutable {
                --m_open;
                if (pending.context) {
                    pending.done(result);
                }
                startNext();
            });
    connection->open(m_socketPath);
}

} // namespace Bulkhead

#include "adminclient.moc"
