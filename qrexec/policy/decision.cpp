// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/decision.h"

#include "base/formatted.h"
#include "base/printable.h"
#include "qrexec/policy/choices.h"
#include "qrexec/policy/resolution.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::Policy
{

namespace
{

/// The rule that was found, or why there is no more to find out.
struct Selection {
    PreparedRequest request;
    Decision decision; ///< Denied until somebody knows better
    const Rule *rule = nullptr;
};

Denied denied(std::string reason)
{
    return {.reason = std::move(reason), .cause = Denied::Cause::Policy};
}

Selection select(const Rules &rules, const SystemInfo &info, const Request &request)
{
    Selection selection;
    selection.decision.source = request.source;
    auto prepared = prepare(request, info);
    if (!prepared) {
        const bool isIllegal = prepared.error().code == Errc::BadField;
        selection.decision.outcome = Denied{.reason = prepared.error().detail,
                                            .cause = isIllegal ? Denied::Cause::Request : Denied::Cause::Policy};
        selection.decision.notify = !isIllegal;
        return selection;
    }
    selection.request = *std::move(prepared);
    Decision &decision = selection.decision;
    decision.source = selection.request.source;
    decision.warnings = selection.request.warnings;
    decision.match = firstMatch(rules, info, selection.request, request.service, request.argument);
    if (!decision.match.rule) {
        decision.outcome = denied("no matching rule found");
        return selection;
    }
    const Rule &rule = rules.at(*decision.match.rule);
    decision.notify = rule.action.notify.value_or(true);
    if (rule.action.verdict == Verdict::Deny) {
        decision.outcome = denied("a rule says no");
        return selection;
    }
    selection.rule = &rule;
    return selection;
}

/// To `target`, if it can be. A denial is told unless the rule says no, or the target only does not run.
void allow(
    Decision &decision, const Selection &selection, const SystemInfo &info, const Request &request, const Token &target)
{
    const Action &action = selection.rule->action;
    const auto resolved = resolve(target, action, selection.request, info);
    if (!resolved) {
        decision.notify = action.notify.value_or(resolved.error().code != Errc::WrongState);
        decision.outcome = denied(resolved.error().detail);
        return;
    }
    auto allowed = allowedCall(*resolved, action, selection.request, info, request);
    if (!allowed) {
        decision.outcome = denied(allowed.error().detail);
        return;
    }
    decision.notify = action.notify.value_or(false);
    decision.outcome = *std::move(allowed);
}

/// @return nothing where there is nothing to choose; then the decision says why
std::optional<Question> question(
    Decision &decision, const Selection &selection, const Rules &rules, const SystemInfo &info, const Request &request)
{
    if (selection.request.sourceQube == nullptr) {
        decision.outcome = denied(formatted("there is no qube {}", printable(selection.request.source)));
        return std::nullopt;
    }
    Question question{.targets = choicesFor(rules, info, selection.request, *selection.rule, request)};
    if (question.targets.empty()) {
        decision.outcome = denied("there is no target to choose");
        return std::nullopt;
    }
    if (auto offered = defaultChoice(*selection.rule, selection.request); !offered.empty()) {
        if (std::ranges::contains(question.targets, offered)) {
            question.defaultTarget = std::move(offered);
        } else {
            decision.warnings.push_back(formatted("default_target={} is none of the choices", printable(offered)));
        }
    }
    // dom0 has no GUI domain set: its person sits in front of it.
    question.guiDomain = selection.request.sourceQube->guivm.value_or(selection.request.source == "dom0" ? "dom0" : "");
    return question;
}

Token tokenOfChoice(std::string_view target)
{
    // What stands among the choices is a name or a disposable of a template.
    auto token = parseToken(target, Column::Caller);
    return token ? *std::move(token) : Token{};
}

} // namespace

Decision decide(const Rules &rules, const SystemInfo &info, const Request &request)
{
    const Selection selection = select(rules, info, request);
    Decision decision = selection.decision;
    if (selection.rule == nullptr) {
        return decision;
    }
    const Action &action = selection.rule->action;
    if (action.verdict == Verdict::Allow) {
        allow(decision, selection, info, request, action.target.value_or(selection.request.target));
        return decision;
    }
    if (auto asked = question(decision, selection, rules, info, request)) {
        if (asked->guiDomain.empty()) {
            decision.outcome = denied(formatted("{} has no GUI domain to ask in", selection.request.source));
        } else {
            decision.outcome = *std::move(asked);
        }
    }
    return decision;
}

Decision decideAnswered(const Rules &rules, const SystemInfo &info, const Request &request, std::string_view target)
{
    const Selection selection = select(rules, info, request);
    Decision decision = selection.decision;
    if (selection.rule == nullptr) {
        return decision;
    }
    if (selection.rule->action.verdict != Verdict::Ask) {
        decision.outcome = denied("the policy has changed since the person was asked");
        return decision;
    }
    const auto asked = question(decision, selection, rules, info, request);
    if (!asked) {
        return decision;
    }
    if (!std::ranges::contains(asked->targets, target)) {
        decision.outcome = denied(formatted("{} is none of the choices", printable(target)));
        return decision;
    }
    allow(decision, selection, info, request, tokenOfChoice(target));
    return decision;
}

Decision decideRefused(const Rules &rules, const SystemInfo &info, const Request &request)
{
    const Selection selection = select(rules, info, request);
    Decision decision = selection.decision;
    if (selection.rule != nullptr) {
        decision.notify = selection.rule->action.notify.value_or(false);
        decision.outcome = denied("denied by the person");
    }
    return decision;
}

bool wouldAllow(const Rules &rules, const SystemInfo &info, const Request &request, Questions questions)
{
    const Selection selection = select(rules, info, request);
    if (selection.rule == nullptr) {
        return false;
    }
    const Action &action = selection.rule->action;
    if (action.verdict == Verdict::Allow) {
        return resolve(action.target.value_or(selection.request.target), action, selection.request, info).has_value();
    }
    if (questions == Questions::CountAsNo) {
        return false;
    }
    Decision ignored = selection.decision;
    const auto asked = question(ignored, selection, rules, info, request);
    return asked && std::ranges::contains(asked->targets, selection.request.target.spelling());
}

} // namespace Bulkhead::Policy
