// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/connection.h"

#include "dom0-core/adminapi/request.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace Bulkhead::AdminApi
{

namespace
{

/// What the kernel takes of an answer without being asked to take more.
constexpr std::size_t UsualRoom = 131072;

/// A long answer goes into the kernel as a whole where that can be had: in pieces it would wait for the client's turn
/// on the processor, and then for ours, once a piece.
void makeRoom(const UniqueFd &socket, std::size_t bytes)
{
    if (bytes <= UsualRoom) {
        return;
    }
    const int wanted = static_cast<int>(std::min(bytes, MaxQueuedBytes));
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUFFORCE, &wanted, sizeof wanted) != 0) {
        // Not as root: as much as the system lets anybody have. With less the answer takes longer, no more.
        (void)::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &wanted, sizeof wanted);
    }
}

} // namespace

Connection::Connection(UniqueFd fd, Poller &poller, std::chrono::milliseconds deadline)
    : m_fd(std::move(fd))
    , m_poller(poller)
{
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        close(QStringLiteral("the request was not complete in time"));
    });
    m_deadline.start(deadline);
}

Connection::~Connection()
{
    m_poller.forget(m_fd.get());
}

Result<void> Connection::open()
{
    return m_poller.watch(m_fd.get(), EPOLLIN, [this](std::uint32_t events) {
        onReady(events);
    });
}

std::optional<uid_t> Connection::peerUser() const
{
    ucred peer{};
    socklen_t length = sizeof(peer);
    const int code = ::getsockopt(m_fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &length);
    return code == 0 ? std::optional(peer.uid) : std::nullopt;
}

Result<UniqueFd> Connection::duplicate() const
{
    UniqueFd fd(::fcntl(m_fd.get(), F_DUPFD_CLOEXEC, 0));
    if (!fd) {
        return failErrno(errno, "cannot hand over a connection");
    }
    return fd;
}

void Connection::onReady(std::uint32_t events)
{
    if (m_state == State::Reading) {
        read();
        return;
    }
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
        close(QStringLiteral("the client went away"));
        return;
    }
    flush();
}

void Connection::read()
{
    constexpr std::size_t Chunk = 16384;
    std::array<char, Chunk> buffer{};
    for (;;) {
        const ssize_t count = ::recv(m_fd.get(), buffer.data(), buffer.size(), 0);
        if (count > 0) {
            m_request.append(buffer.data(), static_cast<std::size_t>(count));
            if (m_request.size() > MaxRequest) {
                close(QStringLiteral("request too long"));
                return;
            }
            if (startsStream()) {
                return;
            }
            continue;
        }
        if (count == 0) {
            onReadEnd();
            return;
        }
        if (errno == EINTR) {
            continue;
        }
        if (errno != EAGAIN) {
            close(QStringLiteral("reading failed"));
        }
        return;
    }
}

bool Connection::startsStream()
{
    const auto start = m_streamStart ? m_streamStart(m_request) : std::nullopt;
    if (!start) {
        return false;
    }
    m_deadline.stop();
    m_state = State::Working;
    updateInterest();
    const std::string request = std::exchange(m_request, {});
    Q_EMIT streaming(request.substr(0, *start), request.substr(*start));
    return true;
}

void Connection::onReadEnd()
{
    m_deadline.stop();
    m_state = State::Working;
    updateInterest(); // the end of the request stays readable for ever
    const std::string request = std::exchange(m_request, {});
    Q_EMIT complete(request);
}

void Connection::answer(std::string bytes)
{
    if (m_state != State::Working) {
        return; // the client went away meanwhile
    }
    m_state = State::Ending;
    if (!bytes.empty()) {
        makeRoom(m_fd, bytes.size());
        m_queuedBytes += bytes.size();
        m_queue.push_back(std::move(bytes));
    }
    flush();
}

void Connection::push(std::string frame)
{
    if (m_state != State::Working) {
        return;
    }
    if (m_queue.size() >= MaxQueuedEvents || m_queuedBytes + frame.size() > MaxQueuedBytes) {
        close(QStringLiteral("it does not read its events"));
        return;
    }
    m_queuedBytes += frame.size();
    m_queue.push_back(std::move(frame));
    flush();
}

void Connection::flush()
{
    while (!m_queue.empty()) {
        const std::string &frame = m_queue.front();
        const ssize_t count =
            ::send(m_fd.get(), frame.data() + m_sent, frame.size() - m_sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0) {
            if (errno == EINTR) {
                continue;
            }
            if (errno != EAGAIN) {
                close(QStringLiteral("the client went away"));
                return;
            }
            break;
        }
        m_sent += static_cast<std::size_t>(count);
        if (m_sent == frame.size()) {
            m_queuedBytes -= frame.size();
            m_queue.pop_front();
            m_sent = 0;
        }
    }
    if (m_queue.empty() && m_state == State::Ending) {
        (void)::shutdown(m_fd.get(), SHUT_WR); // fails only if the client is gone, which is as good
        close({});
        return;
    }
    updateInterest();
}

void Connection::updateInterest()
{
    m_poller.change(m_fd.get(), m_queue.empty() ? 0U : EPOLLOUT);
}

void Connection::close(const QString &why)
{
    if (m_state == State::Closed) {
        return;
    }
    m_state = State::Closed;
    m_deadline.stop();
    m_poller.forget(m_fd.get());
    m_fd.reset();
    m_queue.clear();
    Q_EMIT closed(why);
}

} // namespace Bulkhead::AdminApi
