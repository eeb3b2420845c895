// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/forkserver/forkserver.h"

#include "base/log.h"
#include "vchan-io/transport/unixlistener.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.fork-server");

/// Who may write to it may have anything run as us: the user alone, and root.
constexpr mode_t SocketMode = 0700;

/// @errors Io
Result<UniqueFd> accepted(const UniqueFd &listener)
{
    for (;;) {
        UniqueFd connection(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (connection) {
            return connection;
        }
        if (errno != EINTR && errno != ECONNABORTED) {
            return failErrno(errno, "waiting for calls");
        }
    }
}

/// @errors Io, ShortMessage (the connection ended before)
Result<void> readWhole(const UniqueFd &connection, std::span<std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::recv(connection.get(), bytes.data(), bytes.size(), 0);
        if (count < 0 && errno != EINTR) {
            return failErrno(errno, "reading what is handed over");
        }
        if (count == 0) {
            return fail(Errc::ShortMessage, "the agent went before it had said what to run");
        }
        bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return {};
}

} // namespace

Result<ForkServer> ForkServer::listen(const std::string &path)
{
    BH_TRY(UniqueFd socket, listenAt(path, SocketMode));
    if (::fcntl(socket.get(), F_SETFL, 0) != 0) {
        return failErrno(errno, "arranging a socket");
    }
    return ForkServer(std::move(socket));
}

ForkServer::ForkServer(UniqueFd socket) noexcept
    : m_socket(std::move(socket))
{
}

Result<UniqueFd> ForkServer::serve()
{
    // Nobody waits for the processes of calls, so none of them stays behind.
    (void)::signal(SIGCHLD, SIG_IGN);
    for (;;) {
        BH_TRY(UniqueFd connection, accepted(m_socket));
        const pid_t process = ::fork();
        if (process == 0) {
            (void)::signal(SIGCHLD, SIG_DFL);
            m_socket.reset();
            return connection;
        }
        if (process < 0) {
            Log.warning("a call was not started: {}", failErrno(errno, "making a process").error().text());
        }
    }
}

Result<HandOver> readHandOver(const UniqueFd &connection)
{
    std::array<std::byte, HandOverHeaderSize> header{};
    BH_CHECK(readWhole(connection, header));
    BH_TRY(const std::size_t length, handOverLength(header));
    std::vector<std::byte> command(length);
    BH_CHECK(readWhole(connection, command));
    return parseHandOver(header, command);
}

} // namespace Bulkhead::Qrexec
