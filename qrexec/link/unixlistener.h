// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/eventloop.h"

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

/// A listening socket in the file system with further names for it. It appears at once and listening, in the place of
/// whatever was there, and goes with all its names when destroyed.
class UnixListener
{
public:
    /// Source: spec qrexec, section 6.
    static constexpr int DefaultBacklog = 5;

    using OnConnection = std::move_only_function<void(UniqueFd socket, uid_t peer)>;

    /// @param path  of the socket
    /// @param links  paths of symbolic links to it
    /// @param mode  of the socket
    /// @param onConnection  told every connection with the user who made it
    /// @param backlog  connections that may wait to be accepted; further ones fail
    /// @errors Io, BadValue (path too long)
    [[nodiscard]] static Result<UnixListener> create(EventLoop &loop,
                                                     const std::string &path,
                                                     std::vector<std::string> links,
                                                     mode_t mode,
                                                     OnConnection onConnection,
                                                     int backlog = DefaultBacklog);

    UnixListener(UnixListener &&other) noexcept;
    UnixListener &operator=(UnixListener &&other) noexcept;
    UnixListener(const UnixListener &) = delete;
    UnixListener &operator=(const UnixListener &) = delete;
    ~UnixListener();

private:
    UnixListener() = default;

    [[nodiscard]] Result<void> bindAt(const std::string &path, mode_t mode, int backlog);
    void removeNames() noexcept;

    UniqueFd m_socket;
    std::vector<std::string> m_names; ///< what exists and is ours to remove
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::Qrexec
