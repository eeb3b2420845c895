// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/rule.h"

#include "base/formatted.h"

#include <utility>

namespace Bulkhead::Policy
{

std::string_view wordOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Allow:
        return "allow";
    case Verdict::Ask:
        return "ask";
    case Verdict::Deny:
        return "deny";
    }
    std::unreachable();
}

std::string wordsOf(const Action &action)
{
    std::string text(wordOf(action.verdict));
    const auto add = [&text](std::string_view key, std::string_view value) {
        text += formatted(" {}={}", key, value);
    };
    if (action.target) {
        add("target", action.target->spelling());
    }
    if (action.defaultTarget) {
        add("default_target", action.defaultTarget->spelling());
    }
    if (!action.user.empty()) {
        add("user", action.user);
    }
    if (action.notify) {
        add("notify", *action.notify ? "yes" : "no");
    }
    if (!action.autostart) {
        add("autostart", "no");
    }
    return text;
}

std::string lineOf(const Rule &rule)
{
    return formatted("{} {} {} {} {}",
                     rule.service,
                     rule.argument,
                     rule.source.spelling(),
                     rule.target.spelling(),
                     wordsOf(rule.action));
}

} // namespace Bulkhead::Policy
