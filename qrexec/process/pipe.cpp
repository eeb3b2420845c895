// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/process/pipe.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

namespace Bulkhead::Qrexec
{

namespace
{

struct Ends {
    UniqueFd reading;
    UniqueFd writing;
};

Result<Ends> makePipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return failErrno(errno, "making a pipe");
    }
    return Ends{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// @param silent  what our end does not do: SHUT_RD or SHUT_WR; nothing: it does both
Result<Pipe> makeSocketPair(std::optional<int> silent)
{
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return failErrno(errno, "making a pair of sockets");
    }
    Pipe pair{.ours = UniqueFd(ends[0]), .theirs = UniqueFd(ends[1])};
    BH_CHECK(makeNonBlocking(pair.ours.get()));
    if (silent && ::shutdown(pair.ours.get(), *silent) != 0) {
        return failErrno(errno, "giving a pair of sockets its direction");
    }
    return pair;
}

} // namespace

Result<Pipe> Pipe::toChild()
{
    BH_TRY(Ends ends, makePipe());
    BH_CHECK(makeNonBlocking(ends.writing.get()));
    return Pipe{.ours = std::move(ends.writing), .theirs = std::move(ends.reading)};
}

Result<Pipe> Pipe::fromChild()
{
    BH_TRY(Ends ends, makePipe());
    BH_CHECK(makeNonBlocking(ends.reading.get()));
    return Pipe{.ours = std::move(ends.reading), .theirs = std::move(ends.writing)};
}

Result<Pipe> Pipe::socketToChild()
{
    return makeSocketPair(SHUT_RD);
}

Result<Pipe> Pipe::socketFromChild()
{
    return makeSocketPair(SHUT_WR);
}

Result<Pipe> Pipe::socketBothWays()
{
    return makeSocketPair(std::nullopt);
}

Result<UniqueFd> sharedDescriptor(const UniqueFd &fd)
{
    UniqueFd shared(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!shared) {
        return failErrno(errno, "sharing a descriptor");
    }
    return shared;
}

Result<UniqueFd> openNull()
{
    UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null) {
        return failErrno(errno, "opening /dev/null");
    }
    return null;
}

} // namespace Bulkhead::Qrexec
