// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <optional>

namespace Bulkhead::Qrexec
{

/// A descriptor whose bytes go through a call. One that we share with others (a terminal, the pipe of a shell) gets its
/// flags back before we let go of it.
class StreamFd
{
public:
    StreamFd() noexcept = default;

    /// One of our own, non-blocking already.
    StreamFd(UniqueFd fd) noexcept // NOLINT(google-explicit-constructor): every descriptor of ours is one
        : m_fd(std::move(fd))
    {
    }

    /// A second descriptor for `fd`, made non-blocking (which regular files do not heed).
    /// @param flags  what fcntl(F_GETFL) said before any of the descriptors that share it was changed
    /// @errors Io
    [[nodiscard]] static Result<StreamFd> sharing(int fd, int flags);

    StreamFd(StreamFd &&other) noexcept;
    StreamFd &operator=(StreamFd &&other) noexcept;
    StreamFd(const StreamFd &) = delete;
    StreamFd &operator=(const StreamFd &) = delete;

    ~StreamFd()
    {
        reset();
    }

    [[nodiscard]] int get() const noexcept
    {
        return m_fd.get();
    }

    [[nodiscard]] explicit operator bool() const noexcept
    {
        return static_cast<bool>(m_fd);
    }

    void reset() noexcept;

private:
    UniqueFd m_fd;
    std::optional<int> m_flags; ///< to be put back
};

} // namespace Bulkhead::Qrexec
