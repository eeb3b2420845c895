// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/genericaddress.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <string>

namespace Bulkhead::Qrexec
{

/// Where a unix socket of the file system is, as the system calls want it.
class UnixAddress
{
public:
    /// @errors BadValue (empty, too long, or with a NUL)
    [[nodiscard]] static Result<UnixAddress> ofPath(const std::string &path);

    [[nodiscard]] const sockaddr *data() const noexcept
    {
        return genericAddress(m_address);
    }

    [[nodiscard]] socklen_t size() const noexcept
    {
        return sizeof m_address;
    }

private:
    UnixAddress() = default;

    sockaddr_un m_address{};
};

} // namespace Bulkhead::Qrexec
