// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/streamfd.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::Qrexec
{

Result<StreamFd> StreamFd::sharing(int fd, int flags)
{
    StreamFd stream(UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)));
    if (!stream || ::fcntl(stream.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
        return failErrno(errno, "taking over a standard descriptor");
    }
    stream.m_flags = flags;
    return stream;
}

StreamFd::StreamFd(StreamFd &&other) noexcept
    : m_fd(std::move(other.m_fd))
    , m_flags(std::exchange(other.m_flags, std::nullopt))
{
}

StreamFd &StreamFd::operator=(StreamFd &&other) noexcept
{
    if (this != &other) {
        reset();
        m_fd = std::move(other.m_fd);
        m_flags = std::exchange(other.m_flags, std::nullopt);
    }
    return *this;
}

void StreamFd::reset() noexcept
{
    if (m_fd && m_flags) {
        (void)::fcntl(m_fd.get(), F_SETFL, *m_flags);
    }
    m_flags.reset();
    m_fd.reset();
}

} // namespace Bulkhead::Qrexec
