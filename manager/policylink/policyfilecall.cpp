// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/policylink/policyfilecall.h"

#include <sys/socket.h>

#include <chrono>
#include <utility>

namespace Bulkhead
{

namespace
{

/// A policy file and what stands before it in an answer.
constexpr qsizetype MaxReply = qsizetype{16} * 1024 * 1024 + 128;
/// Whoever answers gives up after a minute, too.
constexpr std::chrono::seconds Deadline{60};
/// What a refusal's first word begins with, and the one where there is no such file. Source: spec policy, section 13.
constexpr QByteArrayView AnyClass("PolicyAdmin");
constexpr QByteArrayView NoFile("PolicyAdminFileNotFoundException");
/// Its kind and a NUL.
constexpr qsizetype ReplyHead = 2;
constexpr char Content = '0'; ///< between the two: it is refused
constexpr char Broken = '2';  ///< something there is, and the text says what

/// The class is a word for programs; what follows it is for persons.
std::unexpected<Error> refusalFrom(const QByteArray &text)
{
    const bool hasClass = text.startsWith(AnyClass) && text.contains(' ');
    return fail(text.startsWith(NoFile) ? Errc::NotFound : Errc::Refused,
                text.sliced(hasClass ? text.indexOf(' ') + 1 : 0).toStdString());
}

} // namespace

PolicyFileCall::PolicyFileCall(const QByteArray &service, const QByteArray &payload, OnReply onReply, QObject *parent)
    : QObject(parent)
    , m_request(service + " dom0 keyword adminvm")
    , m_onReply(std::move(onReply))
{
    m_request += '\0';
    m_request += payload;
    connect(&m_socket, &QLocalSocket::connected, this, &PolicyFileCall::send);
    connect(&m_socket, &QLocalSocket::bytesWritten, this, &PolicyFileCall::endRequest);
    connect(&m_socket, &QLocalSocket::readyRead, this, &PolicyFileCall::read);
    connect(&m_socket, &QLocalSocket::disconnected, this, &PolicyFileCall::onDisconnected);
    connect(&m_socket, &QLocalSocket::errorOccurred, this, &PolicyFileCall::onError);
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        finish(fail(Errc::TimedOut, "there was no answer about the policy's files in time"));
    });
}

PolicyFileCall::~PolicyFileCall()
{
    m_socket.disconnect(this); // closing it is no answer
}

void PolicyFileCall::open(const QString &path)
{
    m_deadline.start(Deadline);
    m_socket.connectToServer(path);
}

void PolicyFileCall::send()
{
    m_socket.write(m_request);
    m_socket.flush();
    endRequest();
}

/// The other side acts on the end of the request only, and QLocalSocket cannot close one direction.
void PolicyFileCall::endRequest()
{
    if (!m_isSent && m_socket.bytesToWrite() == 0 && m_socket.socketDescriptor() >= 0) {
        m_isSent = true;
        ::shutdown(static_cast<int>(m_socket.socketDescriptor()), SHUT_WR);
    }
}

void PolicyFileCall::read()
{
    m_reply += m_socket.readAll();
    if (m_reply.size() > MaxReply) {
        finish(fail(Errc::LongMessage, "the answer about the policy's files is too long"));
    }
}

void PolicyFileCall::onDisconnected()
{
    m_reply += m_socket.readAll();
    if (m_reply.size() < ReplyHead || m_reply.at(1) != '\0' || m_reply.at(0) < Content || m_reply.at(0) > Broken) {
        finish(fail(Errc::BadField, "the answer about the policy's files is none"));
    } else if (m_reply.at(0) == Content) {
        finish(m_reply.sliced(ReplyHead));
    } else {
        finish(refusalFrom(m_reply.sliced(ReplyHead)));
    }
}

void PolicyFileCall::onError(QLocalSocket::LocalSocketError error)
{
    if (error != QLocalSocket::PeerClosedError) { // which is how every answer ends
        finish(fail(Errc::Io, "nobody answers for the policy's files here"));
    }
}

void PolicyFileCall::finish(const Result<QByteArray> &reply)
{
    if (!std::exchange(m_isFinished, true)) {
        m_socket.disconnect(this);
        m_deadline.stop();
        m_onReply(reply);
        deleteLater();
    }
}

} // namespace Bulkhead
