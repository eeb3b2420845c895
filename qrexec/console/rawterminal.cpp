// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/console/rawterminal.h"

#include "base/formatted.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::Qrexec
{

RawTerminal::RawTerminal(UniqueFd fd, const termios &before) noexcept
    : m_fd(std::move(fd))
    , m_before(before)
{
}

RawTerminal::~RawTerminal()
{
    if (m_fd) {
        (void)::tcsetattr(m_fd.get(), TCSANOW, &m_before); // fails only if the domain has gone, and its terminal too
    }
}

Result<RawTerminal> RawTerminal::open(const std::string &path)
{
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) {
        return failErrno(errno, formatted("opening the console's terminal {}", path));
    }
    termios before{};
    if (::tcgetattr(fd.get(), &before) != 0) {
        return fail(Errc::BadValue, formatted("{} is no terminal", path));
    }
    termios raw = before;
    ::cfmakeraw(&raw);
    if (::tcsetattr(fd.get(), TCSANOW, &raw) != 0) {
        return failErrno(errno, formatted("preparing the console's terminal {}", path));
    }
    return RawTerminal(std::move(fd), before);
}

Result<UniqueFd> RawTerminal::duplicate() const
{
    UniqueFd fd(::fcntl(m_fd.get(), F_DUPFD_CLOEXEC, 0));
    if (!fd) {
        return failErrno(errno, "using the console's terminal");
    }
    return fd;
}

} // namespace Bulkhead::Qrexec
