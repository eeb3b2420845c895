// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/fd.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace Bulkhead
{

void UniqueFd::reset(int fd) noexcept
{
    const int old = std::exchange(m_fd, fd);
    if (old >= 0) {
        (void)::close(old); // EINTR still closes on Linux; nothing else can be done about a failure
    }
}

Mapping::Mapping(Mapping &&other) noexcept
    : m_bytes(std::exchange(other.m_bytes, {}))
{
}

Mapping &Mapping::operator=(Mapping &&other) noexcept
{
    if (this != &other) {
        const Mapping old(std::exchange(m_bytes, std::exchange(other.m_bytes, {})));
    }
    return *this;
}

Mapping::~Mapping()
{
    if (!m_bytes.empty()) {
        (void)::munmap(m_bytes.data(), m_bytes.size());
    }
}

Result<Mapping> Mapping::shared(int fd, std::size_t size, int protection, std::size_t offset)
{
    void *const address = ::mmap(nullptr, size, protection, MAP_SHARED, fd, static_cast<off_t>(offset));
    if (address == MAP_FAILED) {
        return failErrno(errno, "mapping shared memory");
    }
    return Mapping(std::span(static_cast<std::byte *>(address), size));
}

Result<void> makeNonBlocking(int fd)
{
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        return failErrno(errno, "making a descriptor non-blocking");
    }
    return {};
}

} // namespace Bulkhead
