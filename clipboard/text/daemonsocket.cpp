// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/daemonsocket.h"

#include "base/unixaddress.h"
#include "vchan-io/transport/fdmessage.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead::Clipboard
{

namespace
{

/// Packets taken before others get their turn: far more than hands make, and what a pointer does within some hundredths
/// of a second.
constexpr int PacketsPerTurn = 16;

} // namespace

Result<std::unique_ptr<DaemonSocket>>
DaemonSocket::connect(EventLoop &loop, const std::string &path, const LogCategory &log, Handlers handlers)
{
    BH_TRY(UniqueFd descriptor, connectToUnixSocket(path, SOCK_SEQPACKET | SOCK_NONBLOCK));
    std::unique_ptr<DaemonSocket> socket(new DaemonSocket(std::move(descriptor), log, std::move(handlers)));
    BH_TRY(socket->m_watch, loop.watch(socket->m_socket.get(), Readiness::Read, [&self = *socket] {
        self.onReadable();
    }));
    return socket;
}

DaemonSocket::DaemonSocket(UniqueFd socket, const LogCategory &log, Handlers handlers)
    : m_socket(std::move(socket))
    , m_log(log)
    , m_handlers(std::move(handlers))
{
}

Result<void> DaemonSocket::send(std::span<const std::byte> packet, std::span<const int> descriptors) const
{
    return sendWithFds(m_socket.get(), packet, descriptors);
}

void DaemonSocket::onReadable()
{
    Result<bool> more = true;
    for (int count = 0; more && *more && count < PacketsPerTurn; ++count) {
        more = takeOne();
    }
    if (!more) {
        if (more.error().code != Errc::PeerGone) {
            m_log.warning("a gui-daemon is not to be trusted: {}", more.error().text());
        }
        m_watch.reset();
        auto tell = std::move(m_handlers.onEnd); // it may destroy this
        tell();
    }
}

Result<bool> DaemonSocket::takeOne()
{
    std::array<std::byte, LongestPacket> packet{};
    const auto message = receiveWithFds(m_socket.get(), packet);
    if (!message) {
        return message.error().code == Errc::WrongState ? Result<bool>(false) : std::unexpected(message.error());
    }
    if (message->size == 0) {
        return fail(Errc::PeerGone, "the gui-daemon has ended");
    }
    BH_CHECK(m_handlers.onPacket(std::span(packet).first(message->size)));
    return true;
}

} // namespace Bulkhead::Clipboard
