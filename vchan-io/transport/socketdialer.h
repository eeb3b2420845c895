// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/unixaddress.h"

#include <chrono>
#include <optional>
#include <string>

namespace Bulkhead
{

/// Connects to a unix socket that may not be there yet, without polling: it watches the socket's directory, and where
/// the kernel has no event for what it waits for (a socket that nobody serves, a full backlog), it waits a little
/// longer each time.
class SocketDialer
{
public:
    /// @param type   SOCK_STREAM or SOCK_SEQPACKET
    /// @param epoll  becomes readable when attempt() should be called; outlives the dialer
    /// @errors BadValue (path too long)
    [[nodiscard]] static Result<SocketDialer> create(const std::string &path, int type, int epoll);

    /// The connected, non-blocking socket; nothing: not yet.
    /// @errors Io
    [[nodiscard]] Result<std::optional<UniqueFd>> attempt();

    /// The other end took the connection and dropped it: attempt() is due again after a pause.
    /// @errors Io
    [[nodiscard]] Result<void> pause();

private:
    SocketDialer(const UnixAddress &address, std::string directory, int type, int epoll);

    struct Dialed {
        UniqueFd socket; ///< or none, because of
        int refusal = 0; ///< this errno
    };

    [[nodiscard]] Result<Dialed> dial() const;
    [[nodiscard]] Result<void> watchDirectory();
    void drain();

    UnixAddress m_address;
    std::string m_directory;
    int m_type;
    int m_epoll;
    UniqueFd m_directoryEvents;
    UniqueFd m_timer;
    std::chrono::milliseconds m_pause;
};

} // namespace Bulkhead
