// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/keyvalues.h"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace Bulkhead::Cli
{

/// A rule of a qube's firewall as the daemon writes it: `action` and what must fit, in a fixed order.
/// @source spec admin-api, 8.10
using FirewallRule = KeyValues;

/// @param line  one of the daemon's
[[nodiscard]] FirewallRule parseRule(std::string_view line);
[[nodiscard]] std::string lineOf(const FirewallRule &rule);

/// A rule as people type it: `accept` or `drop`, then host, protocol and ports in that order, or NAME=VALUE words. The
/// result is written as the daemon writes it, so that equal rules are equal.
/// @param now  for `expire=+SECONDS`
/// @errors BadValue; what only the daemon can judge is left to it
[[nodiscard]] Result<FirewallRule> ruleFromWords(std::span<const std::string> words,
                                                 std::chrono::system_clock::time_point now);

} // namespace Bulkhead::Cli
