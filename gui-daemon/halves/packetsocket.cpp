// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/halves/packetsocket.h"

#include "vchan-io/transport/fdmessage.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace Bulkhead
{

Result<std::pair<UniqueFd, UniqueFd>> PacketSocket::makePair()
{
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
        return failErrno(errno, "making the socket pair between the halves");
    }
    return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

Result<std::unique_ptr<PacketSocket>>
PacketSocket::create(EventLoop &loop, UniqueFd socket, EventLoop::Callback readable)
{
    std::unique_ptr<PacketSocket> made(new PacketSocket(loop, std::move(socket), std::move(readable)));
    BH_CHECK(made->watch(Readiness::Read));
    return made;
}

PacketSocket::PacketSocket(EventLoop &loop, UniqueFd socket, EventLoop::Callback readable)
    : m_loop(loop)
    , m_socket(std::move(socket))
    , m_readable(std::move(readable))
{
}

Result<void> PacketSocket::send(const Screen::Packet &packet, UniqueFd descriptor)
{
    if (m_waiting.size() >= MaxWaiting) {
        return fail(Errc::TooMuch, "the other half takes no packets");
    }
    m_waiting.push_back({packet, std::move(descriptor)});
    if (m_waiting.size() > 1) {
        return {}; // others wait before it
    }
    BH_CHECK(sendWaiting());
    return m_waiting.empty() ? Result<void>{} : watch(Readiness::ReadWrite);
}

Result<std::optional<PacketSocket::Received>> PacketSocket::receive()
{
    std::optional<Received> received(std::in_place);
    auto message = receiveWithFds(m_socket.get(), received->packet);
    if (!message && message.error().code == Errc::WrongState) {
        return std::optional<Received>();
    }
    if (!message) {
        return std::unexpected(std::move(message).error());
    }
    if (message->size == 0) {
        return fail(Errc::PeerGone, "the other half has ended");
    }
    if (message->size != received->packet.size() || message->fds.size() > 1) {
        return fail(Errc::BadField, "a packet of another size or with too many descriptors");
    }
    if (!message->fds.empty()) {
        received->descriptor = std::move(message->fds.front());
    }
    return received;
}

Result<void> PacketSocket::watch(Readiness readiness)
{
    m_watch.reset();
    BH_TRY(m_watch, m_loop.watch(m_socket.get(), readiness, [this] {
        onReady();
    }));
    return {};
}

Result<bool> PacketSocket::trySend(const Waiting &waiting) const
{
    const int fd = waiting.descriptor.get();
    auto sent = sendWithFds(m_socket.get(), waiting.packet, {&fd, waiting.descriptor ? 1U : 0U});
    if (!sent && sent.error().code == Errc::TooMuch) {
        return false; // the socket's own queue is full: it waits in ours
    }
    BH_CHECK(sent);
    return true;
}

Result<void> PacketSocket::sendWaiting()
{
    while (!m_waiting.empty()) {
        BH_TRY(const bool sent, trySend(m_waiting.front()));
        if (!sent) {
            return {};
        }
        m_waiting.pop_front();
    }
    return {};
}

void PacketSocket::onReady()
{
    if (isBehind()) {
        // An error here shows again, and is told, at the next send() or receive().
        if (sendWaiting() && !isBehind() && watch(Readiness::Read) && m_caughtUp) {
            m_caughtUp();
        }
    }
    m_readable();
}

} // namespace Bulkhead
