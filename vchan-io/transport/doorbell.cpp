// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/doorbell.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace Bulkhead
{

namespace
{

/// More rings than a socket holds when each is sent alone; what a storm leaves behind is heard the next time.
constexpr std::size_t RingsAtOnce = 512;
constexpr int MostReads = 4;

Result<int> socketOption(const UniqueFd &socket, int option)
{
    int value = 0;
    socklen_t size = sizeof value;
    if (::getsockopt(socket.get(), SOL_SOCKET, option, &value, &size) != 0) {
        if (errno == ENOTSOCK) {
            return fail(Errc::BadField, "a bell that is not a socket");
        }
        return failErrno(errno, "looking at a bell");
    }
    return value;
}

} // namespace

Result<std::pair<Doorbell, Doorbell>> Doorbell::createPair()
{
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()) != 0) {
        return failErrno(errno, "making a bell");
    }
    return std::pair(Doorbell(UniqueFd(fds[0])), Doorbell(UniqueFd(fds[1])));
}

Result<Doorbell> Doorbell::adopt(UniqueFd socket)
{
    BH_TRY(const int domain, socketOption(socket, SO_DOMAIN));
    BH_TRY(const int type, socketOption(socket, SO_TYPE));
    if (domain != AF_UNIX || type != SOCK_STREAM) {
        return fail(Errc::BadField, "a bell of the wrong kind");
    }
    return Doorbell(std::move(socket));
}

void Doorbell::ring() noexcept
{
    constexpr std::byte Ring{1};
    // A full socket means that the other end has rings to hear; a closed one is found by listen().
    (void)::send(m_socket.get(), &Ring, sizeof Ring, MSG_DONTWAIT | MSG_NOSIGNAL);
}

Doorbell::Heard Doorbell::listen() noexcept
{
    std::array<std::byte, RingsAtOnce> rings;
    Heard heard = Heard::Nothing;
    // Until nothing is left, so that a hang-up right behind a ring is heard with it; a storm does not keep us here.
    for (int i = 0; i < MostReads; ++i) {
        const ssize_t count = ::recv(m_socket.get(), rings.data(), rings.size(), MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
            return heard;
        }
        if (count <= 0) {
            return Heard::HungUp;
        }
        heard = Heard::Rung;
    }
    return heard;
}

} // namespace Bulkhead
