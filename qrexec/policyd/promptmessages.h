// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policy/decision.h"
#include "qrexec/policy/request.h"
#include "qrexec/policy/systeminfo.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// What the policy's daemon and the program that asks the person say to each other: docs/protocol/qrexec.md, section
/// "The question to the person". Source: spec qrexec, section 23.
namespace Bulkhead::Qrexec
{

/// Most bytes of a reply: `allow:@dispvm:` and a name.
inline constexpr std::size_t MaxPromptReply = 256;

/// What a rule needs that answers just the same call, from `allow` or `deny` on, for good.
struct RuleParts {
    std::string target;       ///< of its column
    std::string options = {}; ///< `KEY=VALUE` …: what an `allow` adds, so that it gives no more than the rule that asks
    std::string file = {};    ///< of the policy, with its suffix, that holds the rule that asks
};

/// The whole text of a question, the descriptor that socket services get before it.
[[nodiscard]] std::string buildQuestion(const Policy::Request &request,
                                        const std::string &source,
                                        const Policy::Question &question,
                                        const RuleParts &rule,
                                        const Policy::SystemInfo &info);

/// @param rule  the one that asks
/// @errors Refused, BadField (no rule could ask about such a call)
[[nodiscard]] Result<RuleParts> rulePartsOf(const Policy::Rules &rules,
                                            Policy::RuleId rule,
                                            const Policy::Request &request,
                                            const Policy::SystemInfo &info);

/// The target that the person chose, or nothing for a no.
/// @errors BadField (anything else)
[[nodiscard]] Result<std::optional<std::string>> parsePromptReply(std::string_view text);

/// A notice of what was decided.
[[nodiscard]] std::string buildNotice(const Policy::Request &request, const Policy::Decision &decision);

} // namespace Bulkhead::Qrexec
