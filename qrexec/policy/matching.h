// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/request.h"
#include "qrexec/policy/rules.h"
#include "qrexec/policy/systeminfo.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace Bulkhead::Policy
{

/// Whether a rule's source is this qube.
/// @source spec policy, 5.2
[[nodiscard]] bool matchesSource(const Token &rule, const PreparedRequest &request, const SystemInfo &info);

/// Whether a rule's target is what the request asks for.
/// @source spec policy, 5.2
[[nodiscard]] bool matchesTarget(const Token &rule, const PreparedRequest &request, const SystemInfo &info);

/// Why a rule that speaks of the service does not decide.
enum class Mismatch : std::uint8_t { Source, Target };

struct PassedRule {
    RuleId rule;
    Mismatch why;
};

/// The rule that decides, and those of the same service that were looked at before it.
struct Match {
    std::optional<RuleId> rule;
    std::vector<PassedRule> passed;
};

/// @param service, argument  the argument with its `+`
[[nodiscard]] Match firstMatch(const Rules &rules,
                               const SystemInfo &info,
                               const PreparedRequest &request,
                               std::string_view service,
                               std::string_view argument);

} // namespace Bulkhead::Policy
