// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

namespace Bulkhead
{

/// The address of a unix socket as the socket calls take those of every family. Borrows.
[[nodiscard]] inline const sockaddr *genericAddress(const sockaddr_un &address) noexcept
{
    // The families' structures share their first member by definition.
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how the socket calls name their families
    return reinterpret_cast<const sockaddr *>(&address);
}

} // namespace Bulkhead
