// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policy/loader.h"
#include "qrexec/policyd/policycall.h"

#include <optional>
#include <span>
#include <string>

namespace Bulkhead::Qrexec
{

struct PolicyDaemonOptions {
    Policy::PolicyPaths paths = {};
    std::string socket = "/run/qubes/policy.sock";
    PolicyPeers peers = {};
    std::optional<int> readyFd = {}; ///< a line is written there once queries are answered
};

/// @param arguments  argv, the program's name first
/// @errors BadValue
/// @source spec policy, section 1 (`--policy-path`, once or more, replaces both directories)
[[nodiscard]] Result<PolicyDaemonOptions> parsePolicyDaemonOptions(std::span<char *const> arguments);

[[nodiscard]] const char *policyDaemonUsage();

} // namespace Bulkhead::Qrexec
