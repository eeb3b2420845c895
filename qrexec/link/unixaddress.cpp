// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/link/unixaddress.h"

#include <algorithm>

namespace Bulkhead::Qrexec
{

Result<UnixAddress> UnixAddress::ofPath(const std::string &path)
{
    UnixAddress result;
    if (path.empty() || path.size() >= sizeof result.m_address.sun_path || path.contains('\0')) {
        return fail(Errc::BadValue, "this path cannot be one of a socket");
    }
    result.m_address.sun_family = AF_UNIX;
    std::ranges::copy(path, result.m_address.sun_path);
    return result;
}

} // namespace Bulkhead::Qrexec
