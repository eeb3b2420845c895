// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/socketchannel.h"

#include "base/formatted.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead
{

namespace
{

/// How much a peer without a hypervisor buffers nobody says; none has less.
constexpr std::size_t SmallestBuffer = 4096;

Result<void> watch(const UniqueFd &epoll, const UniqueFd &fd, std::uint32_t events)
{
    epoll_event event{};
    event.events = events;
    if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd.get(), &event) != 0) {
        return failErrno(errno, "watching a channel");
    }
    return {};
}

bool isHangUp(int error)
{
    return error == ECONNRESET || error == EPIPE;
}

} // namespace

SocketChannel::SocketChannel(UniqueFd epoll) noexcept
    : m_epoll(std::move(epoll))
{
}

Result<std::unique_ptr<SocketChannel>> SocketChannel::create()
{
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) {
        return failErrno(errno, "making a channel");
    }
    return std::unique_ptr<SocketChannel>(new SocketChannel(std::move(epoll)));
}

Result<std::unique_ptr<SocketChannel>> SocketChannel::serve(const std::string &path)
{
    BH_TRY(const UnixAddress address, UnixAddress::of(path));
    BH_TRY(auto channel, create());
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return failErrno(errno, formatted("removing {}", path));
    }
    channel->m_listener.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const UniqueFd &listener = channel->m_listener;
    if (!listener || ::bind(listener.get(), address.get(), UnixAddress::Size) != 0
        || ::listen(listener.get(), 1) != 0) {
        return failErrno(errno, formatted("listening at {}", path));
    }
    BH_CHECK(watch(channel->m_epoll, listener, EPOLLIN));
    return channel;
}

Result<std::unique_ptr<SocketChannel>> SocketChannel::connect(const std::string &path)
{
    BH_TRY(auto channel, create());
    BH_TRY(channel->m_dialer, SocketDialer::create(path, SOCK_STREAM, channel->m_epoll.get()));
    BH_CHECK(channel->lookForPeer());
    return channel;
}

int SocketChannel::pollFd() const noexcept
{
    return m_epoll.get();
}

ChannelState SocketChannel::state() const noexcept
{
    return m_state;
}

Result<ChannelState> SocketChannel::takeEvent()
{
    if (m_state == ChannelState::Waiting) {
        if (auto looked = lookForPeer(); !looked) {
            close();
            return std::unexpected(std::move(looked).error());
        }
    }
    if (m_state == ChannelState::Open) {
        takeSocketEvent();
    }
    return m_state;
}

Result<std::size_t> SocketChannel::read(std::span<std::byte> into)
{
    if (m_state == ChannelState::Waiting) {
        return 0;
    }
    if (!m_socket) {
        return fail(Errc::PeerGone, "the other end closed"); // it did, or this one has
    }
    if (into.empty()) {
        return 0;
    }
    const ssize_t count = ::recv(m_socket.get(), into.data(), into.size(), MSG_DONTWAIT);
    if (count > 0) {
        return static_cast<std::size_t>(count);
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return 0;
    }
    const int reason = count < 0 ? errno : 0;
    close();
    if (reason != 0 && !isHangUp(reason)) {
        return failErrno(reason, "reading a channel");
    }
    return fail(Errc::PeerGone, "the other end closed");
}

Result<std::size_t> SocketChannel::write(std::span<const std::byte> from)
{
    if (m_state == ChannelState::Waiting) {
        return fail(Errc::WrongState, "the other end is not there yet");
    }
    if (m_state == ChannelState::Closed) {
        return fail(Errc::PeerGone, "the other end closed");
    }
    const ssize_t count = ::send(m_socket.get(), from.data(), from.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
        return static_cast<std::size_t>(count);
    }
    if (errno == EAGAIN || errno == EINTR) {
        return 0;
    }
    if (isHangUp(errno)) {
        m_state = ChannelState::Closed; // what it wrote before can still be read
        return fail(Errc::PeerGone, "the other end closed");
    }
    return failErrno(errno, "writing a channel");
}

std::size_t SocketChannel::outgoingCapacity() const noexcept
{
    return m_state == ChannelState::Waiting ? 0 : SmallestBuffer;
}

void SocketChannel::close() noexcept
{
    m_state = ChannelState::Closed;
    m_dialer.reset();
    m_listener.reset();
    m_socket.reset();
}

Result<void> SocketChannel::lookForPeer()
{
    if (m_dialer) {
        BH_TRY(auto socket, m_dialer->attempt());
        if (!socket) {
            return {};
        }
        m_dialer.reset();
        return adopt(std::move(*socket));
    }
    UniqueFd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
        const bool isNobody = errno == EAGAIN || errno == ECONNABORTED || errno == EINTR;
        return isNobody ? Result<void>{} : failErrno(errno, "taking a client");
    }
    (void)::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, m_listener.get(), nullptr);
    return adopt(std::move(socket));
}

Result<void> SocketChannel::adopt(UniqueFd socket)
{
    // Edges, because they behave as a channel's wake-ups must: one until it is taken, the next after a short call.
    BH_CHECK(watch(m_epoll, socket, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET));
    m_socket = std::move(socket);
    m_state = ChannelState::Open;
    return {};
}

void SocketChannel::takeSocketEvent()
{
    epoll_event event{};
    if (::epoll_wait(m_epoll.get(), &event, 1, 0) == 1 && (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
        m_state = ChannelState::Closed;
        (void)::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, m_socket.get(), nullptr);
    }
}

SocketBackend::SocketBackend(std::string directory, DomId own)
    : m_directory(std::move(directory))
    , m_own(own)
{
}

Result<std::unique_ptr<Channel>> SocketBackend::serve(DomId peer, Port port, RingSizes /*sizes*/)
{
    return SocketChannel::serve(path(m_own, peer, port)); // the kernel's socket buffer stands for the rings
}

Result<std::unique_ptr<Channel>> SocketBackend::connect(DomId peer, Port port)
{
    return SocketChannel::connect(path(peer, m_own, port));
}

Result<std::unique_ptr<PageGranter>> SocketBackend::granterFor(DomId /*peer*/)
{
    return fail(Errc::Unsupported, "pages cannot be shared over unix sockets");
}

Result<std::unique_ptr<PageMapper>> SocketBackend::mapperFor(DomId /*peer*/)
{
    return fail(Errc::Unsupported, "pages cannot be shared over unix sockets");
}

std::string SocketBackend::path(DomId server, DomId client, Port port) const
{
    return formatted("{}/vchan.{}.{}.{}.sock", m_directory, server.value(), client.value(), port.value());
}

} // namespace Bulkhead
