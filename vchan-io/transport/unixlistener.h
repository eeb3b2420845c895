// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/listenbacklog.h"
#include "vchan-io/transport/eventloop.h"

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// A socket that listens, non-blocking. It appears at `path` at once and listening, in the place of whatever was there;
/// the name stays when the socket is closed.
/// @param mode  of the socket
/// @param backlog  connections that wait to be accepted
/// @errors Io, BadValue (path too long)
[[nodiscard]] Result<UniqueFd> listenAt(const std::string &path, mode_t mode, int backlog = ListenBacklog);

/// A listening socket in the file system with further names for it. It appears at once and listening, in the place of
/// whatever was there, and goes with all its names when destroyed. A name that somebody else has taken over stays.
class UnixListener
{
public:
    using OnConnection = std::move_only_function<void(UniqueFd socket, uid_t peer)>;

    /// @param path  of the socket
    /// @param links  paths of symbolic links to it
    /// @param mode  of the socket
    /// @param onConnection  told every connection with the user who made it
    /// @param backlog  connections that wait to be accepted
    /// @errors Io, BadValue (path too long)
    [[nodiscard]] static Result<UnixListener> create(EventLoop &loop,
                                                     const std::string &path,
                                                     std::vector<std::string> links,
                                                     mode_t mode,
                                                     OnConnection onConnection,
                                                     int backlog = ListenBacklog);

    UnixListener(UnixListener &&other) noexcept;
    UnixListener &operator=(UnixListener &&other) noexcept;
    UnixListener(const UnixListener &) = delete;
    UnixListener &operator=(const UnixListener &) = delete;
    ~UnixListener();

private:
    /// What exists and is ours to remove, as long as it is the same file.
    struct Name {
        std::string path;
        ino_t inode = 0;
    };

    UnixListener() = default;

    void own(std::string path);
    void removeNames() noexcept;

    UniqueFd m_socket;
    std::vector<Name> m_names;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead
