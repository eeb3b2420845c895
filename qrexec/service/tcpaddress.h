// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::Qrexec
{

/// Where a service that is a TCP address is.
struct TcpAddress {
    std::string host; ///< numeric
    std::uint16_t port = 0;

    friend bool operator==(const TcpAddress &, const TcpAddress &) = default;
};

/// The address that the text of a service's link and the call's argument name together: `/dev/tcp/HOST/PORT`, or
/// `/dev/tcp/HOST` and a port, or `/dev/tcp` and HOST+PORT, where further `+` in HOST stand for `:`.
/// @errors BadValue
/// @source spec qrexec, section 14
[[nodiscard]] Result<TcpAddress> tcpAddress(std::string_view link, const std::optional<std::string> &argument);

} // namespace Bulkhead::Qrexec
