// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/explanation.h"

#include "qrexec/policy/everycall.h"

#include <ranges>
#include <tuple>
#include <utility>
#include <variant>

namespace Bulkhead::Policy
{

namespace
{

Line lineAt(const Rules &rules, RuleId id)
{
    const Rule &rule = rules.at(id);
    return {.place = rules.text(rule.place), .text = lineOf(rule)};
}

/// Puts what an outcome says into its fields.
struct Reading {
    Explanation &explanation;

    void operator()(const Allowed &allowed) const
    {
        explanation.outcome = Verdict::Allow;
        explanation.target = allowed.target;
        explanation.user = allowed.user;
        explanation.mayStart = allowed.autostart;
    }

    void operator()(const Question &question) const
    {
        explanation.outcome = Verdict::Ask;
        explanation.choices = question.targets;
        explanation.preselected = question.defaultTarget;
    }

    void operator()(const Denied &denied) const
    {
        explanation.outcome = Verdict::Deny;
        explanation.reason = denied.reason;
    }
};

auto answerOf(const Explanation &explanation)
{
    return std::tie(explanation.outcome,
                    explanation.target,
                    explanation.user,
                    explanation.mayStart,
                    explanation.choices,
                    explanation.preselected);
}

} // namespace

Explanation explain(const Rules &rules, const SystemInfo &info, const Request &request)
{
    const Decision decision = decide(rules, info, request);
    Explanation explanation{.isTold = decision.notify, .warnings = decision.warnings};
    std::visit(Reading{explanation}, decision.outcome);
    if (decision.match.rule) {
        explanation.line = lineAt(rules, *decision.match.rule);
    }
    // A person who is asked is told by that.
    explanation.isTold = explanation.isTold && explanation.outcome != Verdict::Ask;
    for (const PassedRule &passed : decision.match.passed) {
        explanation.passed.push_back({.line = lineAt(rules, passed.rule), .why = passed.why});
    }
    return explanation;
}

std::vector<Difference> differences(const Rules &before, const Rules &after, const SystemInfo &info, std::size_t most)
{
    std::set<ServiceCall> services = servicesIn(before);
    services.merge(servicesIn(after));
    const auto targets = targetsIn(info);
    std::vector<Difference> found;
    for (const auto &[service, argument] : services) {
        for (const QubeRecord &source : info.qubes() | std::views::values) {
            for (const std::string &target : targets) {
                if (found.size() == most) {
                    return found;
                }
                Request request{.source = source.name, .target = target, .service = service, .argument = argument};
                Explanation then = explain(before, info, request);
                Explanation now = explain(after, info, request);
                if (answerOf(then) != answerOf(now)) {
                    found.push_back(
                        {.request = std::move(request), .before = std::move(then), .after = std::move(now)});
                }
            }
        }
    }
    return found;
}

} // namespace Bulkhead::Policy
