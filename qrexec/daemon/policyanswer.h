// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::Qrexec
{

/// Most bytes of an answer. Source: spec qrexec, section 19.
inline constexpr std::size_t MaxPolicyAnswer = 4095;

/// A call that the policy allows.
struct AllowedCall {
    std::string user;
    std::string target;                           ///< `dom0`, a name, or `@dispvm:NAME`
    std::optional<std::string> targetUuid = {};   ///< `uuid:U` or `@dispvm:uuid:U`
    bool autostart = false;                       ///< the target may be started
    std::string requestedTarget;                  ///< as the policy understood it
    std::optional<std::string> service = {};      ///< to be called instead
    std::optional<std::string> policySource = {}; ///< the source that the service is told instead of the qube

    friend bool operator==(const AllowedCall &, const AllowedCall &) = default;
};

/// What the policy's daemon says to a query.
/// @return nothing: denied
/// @errors BadField (no answer, or one that is malformed: both are denials, too)
/// @source spec qrexec, 22.2
[[nodiscard]] Result<std::optional<AllowedCall>> parsePolicyAnswer(std::string_view text);

} // namespace Bulkhead::Qrexec
