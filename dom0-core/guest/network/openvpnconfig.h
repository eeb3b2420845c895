// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/guest/network/configtext.h"

#include <string>
#include <string_view>

namespace Bulkhead::GuestNetwork
{

/// Beside a provider's file: the person's name at the provider and the password, a line each.
inline constexpr std::string_view OpenVpnLoginFile = "openvpn.login";

/// What a provider's file says of an OpenVPN tunnel, written anew of what was understood.
struct OpenVpnConfig {
    std::string text;

    friend bool operator==(const OpenVpnConfig &, const OpenVpnConfig &) = default;
};

/// Of a client's file (`.ovpn`) as providers hand it out: where the peer is, how the two know each other and what they
/// agree on. Left out is what would run a program, write a file, change users, or say where packets go: a file brings
/// settings, not programs, and routes are made so that nothing goes past the tunnel. Settings that nobody here knows
/// are an error, so that none is silently without effect. Files that it names lie beside it.
/// @errors BadValue, with the number of the line
[[nodiscard]] Result<OpenVpnConfig> parseOpenVpnConfig(std::string_view text);

} // namespace Bulkhead::GuestNetwork
