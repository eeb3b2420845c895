// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/answer.h"

#include "base/formatted.h"
#include "base/printable.h"

#include <variant>

namespace Bulkhead::Policy
{

std::string answerText(const Allowed &call)
{
    std::string text = formatted("user={}\nresult=allow\ntarget={}", call.user, call.target);
    if (!call.targetUuid.empty()) {
        text += "\ntarget_uuid=" + call.targetUuid;
    }
    text += formatted("\nautostart={}\nrequested_target={}", call.autostart ? "True" : "False", call.requestedTarget);
    if (!call.remoteService.empty()) {
        text += "\nservice=" + call.remoteService;
    }
    if (!call.policySource.empty()) {
        text += "\npolicy_source=" + call.policySource;
    }
    return text;
}

std::string logText(const Rules &rules, const Request &request, const Decision &decision)
{
    std::string text = formatted("qrexec: {}: {} -> {}: ",
                                 printable(request.serviceAndArgument()),
                                 printable(decision.source),
                                 printable(request.target));
    if (const auto *const allowed = std::get_if<Allowed>(&decision.outcome)) {
        text += formatted("allowed to {}", allowed->target);
    } else if (const auto *const denied = std::get_if<Denied>(&decision.outcome)) {
        text += formatted("denied: {}", denied->reason);
    } else {
        text += "asking";
    }
    if (decision.match.rule) {
        text += formatted(" ({})", rules.text(rules.at(*decision.match.rule).place));
    }
    return text;
}

} // namespace Bulkhead::Policy
