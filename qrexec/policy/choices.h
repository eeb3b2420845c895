// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/request.h"
#include "qrexec/policy/rules.h"
#include "qrexec/policy/systeminfo.h"

#include <string>
#include <vector>

namespace Bulkhead::Policy
{

/// What a person may choose from when a rule asks: all that the rules of this service allow or ask for from this
/// source. Sorted; names, `dom0`, `@dispvm:NAME`. The source exists.
/// @param rule  the one that asks
/// @source spec policy, 7.1
[[nodiscard]] std::vector<std::string> choicesFor(const Rules &rules,
                                                  const SystemInfo &info,
                                                  const PreparedRequest &prepared,
                                                  const Rule &rule,
                                                  const Request &request);

/// What default_target= comes to, whether it is a choice or not; empty where there is none.
/// @source spec policy, 7.2
[[nodiscard]] std::string defaultChoice(const Rule &rule, const PreparedRequest &prepared);

} // namespace Bulkhead::Policy
