// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/screenlink.h"

#include "base/log.h"
#include "vchan-io/transport/fdmessage.h"
#include "vchan-io/transport/socketdialer.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag");

/// Messages taken before others get their turn: what a pointer does within some hundredths of a second.
constexpr int MessagesPerTurn = 16;

} // namespace

Result<std::unique_ptr<ScreenLink>> ScreenLink::connect(EventLoop &loop, const std::string &path, Handlers handlers)
{
    BH_TRY(const UnixAddress address, UnixAddress::of(path));
    UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) {
        return failErrno(errno, "a socket to a gui-daemon");
    }
    if (::connect(socket.get(), address.get(), UnixAddress::Size) != 0) {
        if (errno == ENOENT || errno == ECONNREFUSED) {
            return fail(Errc::NotFound, "nobody listens on " + path);
        }
        return failErrno(errno, "connecting to " + path);
    }
    std::unique_ptr<ScreenLink> link(new ScreenLink(std::move(socket), std::move(handlers)));
    BH_TRY(link->m_watch, loop.watch(link->m_socket.get(), Readiness::Read, [&self = *link] {
        self.onReadable();
    }));
    return link;
}

ScreenLink::ScreenLink(UniqueFd socket, Handlers handlers)
    : m_socket(std::move(socket))
    , m_handlers(std::move(handlers))
{
}

void ScreenLink::tell(const ToScreen &message) const
{
    (void)sendWithFds(m_socket.get(), build(message), {});
}

void ScreenLink::onReadable()
{
    Result<bool> more = true;
    for (int count = 0; more && *more && count < MessagesPerTurn; ++count) {
        more = takeOne();
    }
    if (!more) {
        if (more.error().code != Errc::PeerGone) {
            Log.warning("a gui-daemon is not to be trusted: {}", more.error().text());
        }
        m_watch.reset();
        auto tell = std::move(m_handlers.onEnd); // it may destroy this
        tell();
    }
}

Result<bool> ScreenLink::takeOne()
{
    std::array<std::byte, ScreenPacketSize> packet{};
    const auto message = receiveWithFds(m_socket.get(), packet);
    if (!message) {
        return message.error().code == Errc::WrongState ? Result<bool>(false) : std::unexpected(message.error());
    }
    if (message->size == 0) {
        return fail(Errc::PeerGone, "the gui-daemon has ended");
    }
    BH_TRY(const FromScreen said, parseFromScreen(std::span(packet).first(message->size)));
    m_handlers.onMessage(said);
    return true;
}

} // namespace Bulkhead::Drag
