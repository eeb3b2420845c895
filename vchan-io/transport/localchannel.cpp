// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/localchannel.h"

#include "base/unixaddress.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead
{

namespace
{

/// Every system's sockets take more.
constexpr std::size_t UsualBuffer = std::size_t{64} << 10;

} // namespace

LocalChannel::LocalChannel(UniqueFd epoll, UniqueFd socket) noexcept
    : m_epoll(std::move(epoll))
    , m_socket(std::move(socket))
{
}

Result<std::unique_ptr<LocalChannel>> LocalChannel::adopt(UniqueFd socket)
{
    BH_CHECK(makeNonBlocking(socket.get()));
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    if (!epoll || ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, socket.get(), &event) != 0) {
        return failErrno(errno, "watching a local socket");
    }
    return std::unique_ptr<LocalChannel>(new LocalChannel(std::move(epoll), std::move(socket)));
}

Result<std::unique_ptr<LocalChannel>> LocalChannel::connect(const std::string &path)
{
    BH_TRY(UniqueFd socket, connectToUnixSocket(path, SOCK_STREAM | SOCK_NONBLOCK));
    return adopt(std::move(socket));
}

Result<ChannelState> LocalChannel::takeEvent()
{
    if (m_state == ChannelState::Open) {
        epoll_event event{};
        (void)::epoll_wait(m_epoll.get(), &event, 1, 0); // takes the edge; what it was shows when reading and writing
    }
    return m_state;
}

Result<std::size_t> LocalChannel::read(std::span<std::byte> into)
{
    if (!m_socket) {
        return fail(Errc::PeerGone, "the local connection ended");
    }
    for (;;) {
        const ssize_t count = ::recv(m_socket.get(), into.data(), into.size(), MSG_DONTWAIT);
        if (count > 0) {
            return static_cast<std::size_t>(count);
        }
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 && errno == EAGAIN) {
            return 0;
        }
        close();
        return fail(Errc::PeerGone, "the local connection ended");
    }
}

Result<std::size_t> LocalChannel::write(std::span<const std::byte> from)
{
    std::size_t written = 0;
    while (m_socket && written < from.size()) {
        const auto rest = from.subspan(written);
        const ssize_t count = ::send(m_socket.get(), rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count >= 0) {
            written += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            return written;
        } else if (errno != EINTR) {
            // What the peer said before can still be read: only reading finds the end.
            return fail(Errc::PeerGone, "the local connection ended");
        }
    }
    if (!m_socket) {
        return fail(Errc::PeerGone, "the local connection ended");
    }
    return written;
}

std::size_t LocalChannel::outgoingCapacity() const noexcept
{
    return UsualBuffer;
}

void LocalChannel::close() noexcept
{
    m_state = ChannelState::Closed;
    m_socket.reset();
}

void LocalChannel::finishWriting() noexcept
{
    if (m_socket) {
        (void)::shutdown(m_socket.get(), SHUT_WR);
    }
}

} // namespace Bulkhead
