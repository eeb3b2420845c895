// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/genericaddress.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <string_view>

namespace Bulkhead::GuestSession
{

/// The address of a unix socket in the file system.
class SocketAddress
{
public:
    /// @errors BadValue (too long for an address)
    [[nodiscard]] static Result<SocketAddress> of(std::string_view path);

    [[nodiscard]] const sockaddr *get() const noexcept
    {
        return genericAddress(m_address);
    }

    [[nodiscard]] static socklen_t size() noexcept
    {
        return sizeof(sockaddr_un);
    }

private:
    SocketAddress() = default;

    sockaddr_un m_address{};
};

} // namespace Bulkhead::GuestSession
