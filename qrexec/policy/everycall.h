// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/rules.h"
#include "qrexec/policy/systeminfo.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace Bulkhead::Policy
{

/// A service and an argument with its `+`.
using ServiceCall = std::pair<std::string, std::string>;

/// What the rules speak of; any argument is tried as none.
[[nodiscard]] std::set<ServiceCall> servicesIn(const Rules &rules);

/// What a caller can ask for on this system: qubes, disposables of each template, and the two that the policy settles.
[[nodiscard]] std::vector<std::string> targetsIn(const SystemInfo &info);

} // namespace Bulkhead::Policy
