// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/calls/firewallrule.h"

#include <functional>
#include <map>
#include <string>

namespace Bulkhead::Firewall
{

/// What stands below one client's address in its net qube's settings: the last part of the path, and the value.
using RuleLeaves = std::map<std::string, std::string, std::less<>>;

/// The rules that are in it. dom0 wrote it, and still nothing is taken that is not a rule: whoever gets an error lets
/// nothing out.
/// @errors BadValue (no policy or another than drop, a leaf that is no four-digit number, a line that is no rule)
/// @source spec qubesdb, 4.3 and 6
[[nodiscard]] Result<Rules> parseRuleLeaves(const RuleLeaves &leaves);

/// The other direction: `policy`, then the rules that can fit packets of that family, numbered without a gap.
/// @param now  rules that have expired by then are left out
[[nodiscard]] RuleLeaves ruleLeavesOf(const Rules &rules, Family family, std::chrono::sys_seconds now);

} // namespace Bulkhead::Firewall
