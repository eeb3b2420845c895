// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

namespace Bulkhead
{

/// The address of a unix socket in the file system, as the system's calls want it.
class UnixAddress
{
public:
    /// @errors BadValue (empty, or longer than a socket's address holds: 107 bytes)
    [[nodiscard]] static Result<UnixAddress> of(const std::string &path);

    [[nodiscard]] const sockaddr *get() const noexcept;

    [[nodiscard]] const char *path() const noexcept
    {
        return m_address.sun_path;
    }

    static constexpr socklen_t Size = sizeof(sockaddr_un);

private:
    UnixAddress() = default;

    sockaddr_un m_address{};
};

/// A new socket that is connected to whoever listens there now. Waits for a place in a full backlog, unless `type` says
/// otherwise.
/// @param type  SOCK_STREAM or SOCK_SEQPACKET, and SOCK_NONBLOCK if wanted; closed on exec in any case
/// @errors BadValue (as of()), NotFound (nobody listens there), Io
[[nodiscard]] Result<UniqueFd> connectToUnixSocket(const std::string &path, int type);

} // namespace Bulkhead
