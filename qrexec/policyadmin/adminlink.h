// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/calls/policyreply.h"
#include "vchan-io/wire/calls/servicehead.h"

#include <string>
#include <string_view>

namespace Bulkhead::Qrexec
{

/// Where calls about policy files are answered.
inline constexpr std::string_view PolicyAdminSocket = "/run/qubes/policy-admin.sock";

/// Makes one such call and waits for its end. For programs that do nothing else.
/// @errors NotFound (nobody listens there), Io, PeerGone, TimedOut, ShortMessage, LongMessage, BadField
[[nodiscard]] Result<PolicyAdmin::Reply>
callPolicyAdmin(const std::string &socket, const ServiceHead &head, std::string_view payload);

/// Writes a reply where the field's programs write it.
/// @return the exit status
[[nodiscard]] int showReply(const PolicyAdmin::Reply &reply);

} // namespace Bulkhead::Qrexec
