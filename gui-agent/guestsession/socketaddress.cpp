// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/socketaddress.h"

#include "base/formatted.h"

#include <algorithm>

namespace Bulkhead::GuestSession
{

Result<SocketAddress> SocketAddress::of(std::string_view path)
{
    SocketAddress address;
    address.m_address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.m_address.sun_path) {
        return fail(Errc::BadValue, formatted("the path of a socket is too long: {}", path));
    }
    std::ranges::copy(path, static_cast<char *>(address.m_address.sun_path));
    return address;
}

} // namespace Bulkhead::GuestSession
