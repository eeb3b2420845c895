// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/readysocket.h"

#include "base/formatted.h"
#include "base/unixaddress.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace Bulkhead::GuestSession
{

Result<std::unique_ptr<ReadySocket>> ReadySocket::listen(EventLoop &loop, const std::string &path)
{
    // Bound under another name and renamed, so that whoever sees the name can connect.
    const std::string beginning = path + ".new";
    BH_TRY(const UnixAddress address, UnixAddress::of(beginning));
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)::unlink(beginning.c_str());
    if (!socket || ::bind(socket.get(), address.get(), UnixAddress::Size) != 0 || ::listen(socket.get(), SOMAXCONN) != 0
        || ::rename(beginning.c_str(), path.c_str()) != 0) {
        return failErrno(errno, formatted("listening on {}", path));
    }
    std::unique_ptr<ReadySocket> ready(new ReadySocket(loop, std::move(socket)));
    BH_CHECK(ready->begin());
    return ready;
}

ReadySocket::ReadySocket(EventLoop &loop, UniqueFd socket) noexcept
    : m_loop(loop)
    , m_socket(std::move(socket))
{
}

Result<void> ReadySocket::begin()
{
    BH_TRY(m_watch, m_loop.watch(m_socket.get(), Readiness::Read, [this] {
        accept();
    }));
    return {};
}

void ReadySocket::setReady(bool ready)
{
    m_ready = ready;
    if (!ready) {
        return;
    }
    for (const UniqueFd &waiting : std::exchange(m_waiting, {})) {
        tell(waiting);
    }
}

void ReadySocket::accept()
{
    UniqueFd waiting(::accept4(m_socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!waiting) {
        return;
    }
    if (m_ready) {
        tell(waiting);
        return;
    }
    if (m_waiting.size() == MaxWaiting) {
        m_waiting.erase(m_waiting.begin());
    }
    m_waiting.push_back(std::move(waiting));
}

/// One byte into an empty socket always fits; who has gone away misses nothing.
void ReadySocket::tell(const UniqueFd &waiting)
{
    (void)::send(waiting.get(), &ReadyWord, sizeof ReadyWord, MSG_NOSIGNAL | MSG_DONTWAIT);
}

} // namespace Bulkhead::GuestSession
