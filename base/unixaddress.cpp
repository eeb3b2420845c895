// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/unixaddress.h"

#include "base/formatted.h"
#include "base/genericaddress.h"

#include <algorithm>
#include <cerrno>

namespace Bulkhead
{

Result<UnixAddress> UnixAddress::of(const std::string &path)
{
    UnixAddress address;
    if (path.empty() || path.size() >= sizeof address.m_address.sun_path) {
        return fail(Errc::BadValue,
                    formatted("{} is not a socket's path of 1..{} bytes", path, sizeof address.m_address.sun_path - 1));
    }
    address.m_address.sun_family = AF_UNIX;
    std::ranges::copy(path, address.m_address.sun_path);
    return address;
}

const sockaddr *UnixAddress::get() const noexcept
{
    return genericAddress(m_address);
}

Result<UniqueFd> connectToUnixSocket(const std::string &path, int type)
{
    BH_TRY(const UnixAddress address, UnixAddress::of(path));
    UniqueFd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    if (!socket) {
        return failErrno(errno, "making a socket");
    }
    if (::connect(socket.get(), address.get(), UnixAddress::Size) != 0) {
        const int reason = errno;
        if (reason == ENOENT || reason == ECONNREFUSED) {
            return std::unexpected(
                Error{.code = Errc::NotFound, .sysErrno = reason, .detail = "nobody listens at " + path});
        }
        return failErrno(reason, "connecting to " + path);
    }
    return socket;
}

} // namespace Bulkhead
