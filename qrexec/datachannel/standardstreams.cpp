// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/standardstreams.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace Bulkhead::Qrexec
{

Result<CallerStreams> takeStandardStreams()
{
    std::array<int, 3> flags{};
    for (std::size_t fd = 0; fd < flags.size(); ++fd) {
        flags.at(fd) = ::fcntl(static_cast<int>(fd), F_GETFL);
    }
    CallerStreams streams;
    BH_TRY(streams.input, StreamFd::sharing(STDIN_FILENO, flags[0]));
    BH_TRY(streams.output, StreamFd::sharing(STDOUT_FILENO, flags[1]));
    BH_TRY(streams.error, StreamFd::sharing(STDERR_FILENO, flags[2]));

    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null || ::dup2(null.get(), STDIN_FILENO) < 0 || ::dup2(null.get(), STDOUT_FILENO) < 0) {
        return failErrno(errno, "letting go of the standard descriptors");
    }
    return streams;
}

Result<void> requireStandardDescriptors()
{
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(fd, F_GETFD) < 0) {
            return failErrno(errno, "a standard descriptor is closed");
        }
    }
    return {};
}

} // namespace Bulkhead::Qrexec
