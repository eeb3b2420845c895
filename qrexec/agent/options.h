// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/agent/sessionservers.h"
#include "qrexec/service/call.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

struct AgentOptions {
    std::string triggerSocket = "/run/qubes/qrexec-agent"; ///< -a
    /// -s; -S: empty, no session runs a call.
    std::string sessionSockets = SessionServers::DefaultSockets;
    std::string transport = "auto";
    /// Set in a process that the agent started for one call; its command comes on standard input.
    std::optional<CallRequest> call;
};

/// @param arguments  argv, the program's name first
/// @errors BadValue
[[nodiscard]] Result<AgentOptions> parseAgentOptions(std::span<char *const> arguments);

/// The argv of a process for one call, as parseAgentOptions() understands it.
[[nodiscard]] std::vector<std::string>
callArguments(const ChannelAddress &channel, ExecKind kind, const std::string &transport);

[[nodiscard]] const char *agentUsage();

} // namespace Bulkhead::Qrexec
