// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/service/call.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

struct AgentOptions {
    std::string triggerSocket = "/run/qubes/qrexec-agent"; ///< -a
    std::string transport = "auto";
    /// Set in a process that the agent started for one call; its command comes on standard input.
    std::optional<CallRequest> call;
};

/// `-S` and `-s` of the field change nothing: there is no fork server.
/// @param arguments  argv, the program's name first
/// @errors BadValue
[[nodiscard]] Result<AgentOptions> parseAgentOptions(std::span<char *const> arguments);

/// The argv of a process for one call, as parseAgentOptions() understands it.
[[nodiscard]] std::vector<std::string>
callArguments(const ChannelAddress &channel, ExecKind kind, const std::string &transport);

[[nodiscard]] const char *agentUsage();

} // namespace Bulkhead::Qrexec
