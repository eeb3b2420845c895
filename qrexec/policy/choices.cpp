// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/choices.h"

#include "qrexec/policy/matching.h"
#include "qrexec/policy/resolution.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>

namespace Bulkhead::Policy
{

namespace
{

using Choices = std::set<std::string, std::less<>>;

constexpr std::string_view Dispvm = "@dispvm";

std::string disposableOf(const QubeRecord &base)
{
    return "@dispvm:" + base.name;
}

void addEverything(Choices &choices, const SystemInfo &info)
{
    choices.emplace(Dispvm);
    for (const QubeRecord &qube : info.qubes() | std::views::values) {
        if (!isDom0Name(qube.name)) {
            choices.insert(qube.name);
        }
        if (qube.isDisposableTemplate) {
            choices.insert(disposableOf(qube));
        }
    }
}

void addQubes(Choices &choices, const Token &token, const SystemInfo &info)
{
    for (const QubeRecord &qube : info.qubes() | std::views::values) {
        const bool fits = token.kind == TokenKind::Tag ? qube.hasTag(token.name) : qube.type == token.name;
        if (fits) {
            choices.insert(qube.name);
        }
    }
}

void addDisposables(Choices &choices, const Token &token, const SystemInfo &info)
{
    for (const QubeRecord &qube : info.qubes() | std::views::values) {
        const bool fits =
            token.kind == TokenKind::DispvmOf ? info.isSame(token.name, qube.name) : qube.hasTag(token.name);
        if (qube.isDisposableTemplate && fits) {
            choices.insert(disposableOf(qube));
        }
    }
}

/// Every target that a word of a rule stands for.
Choices expansionOf(const Token &token, const SystemInfo &info)
{
    Choices choices;
    switch (token.kind) {
    case TokenKind::Anything:
        choices.insert("dom0");
        addEverything(choices, info);
        break;
    case TokenKind::AnyVm:
        addEverything(choices, info);
        break;
    case TokenKind::AdminVm:
        choices.insert("dom0");
        break;
    case TokenKind::Qube:
        if (token.isDom0()) {
            choices.insert("dom0");
        } else if (const QubeRecord *qube = info.find(token.name)) {
            choices.insert(qube->name);
        }
        break;
    case TokenKind::Dispvm:
        choices.emplace(Dispvm);
        break;
    case TokenKind::DispvmOf:
    case TokenKind::DispvmTag:
        addDisposables(choices, token, info);
        break;
    case TokenKind::Tag:
    case TokenKind::Type:
        addQubes(choices, token, info);
        break;
    case TokenKind::Default:
        break;
    }
    return choices;
}

std::string defaultDisposable(const PreparedRequest &prepared)
{
    const auto &base = prepared.sourceQube->defaultDispvm;
    return base ? "@dispvm:" + *base : std::string();
}

/// From the last rule to the first, so that what an earlier one says holds in the end.
Choices
choicesByRules(const Rules &rules, const SystemInfo &info, const PreparedRequest &prepared, const Request &request)
{
    std::vector<RuleId> ids;
    auto candidates = rules.candidates(request.service, request.argument);
    while (const auto id = candidates.next()) {
        ids.push_back(*id);
    }
    Choices choices;
    for (const RuleId id : ids | std::views::reverse) {
        const Rule &rule = rules.at(id);
        if (!matchesSource(rule.source, prepared, info)) {
            continue;
        }
        for (const std::string &choice : expansionOf(rule.action.target.value_or(rule.target), info)) {
            if (rule.action.verdict != Verdict::Deny) {
                choices.insert(choice);
                continue;
            }
            choices.erase(choice);
            // A rule for disposables of the default template matches `@dispvm`, too, so its denial takes both.
            if (choice == defaultDisposable(prepared)) {
                choices.erase(std::string(Dispvm));
            }
        }
    }
    return choices;
}

/// The qube or template that a choice stands for. Choices exist, but for a default template that does not.
FinalTarget targetOf(std::string_view choice, const SystemInfo &info)
{
    constexpr std::string_view Prefix = "@dispvm:";
    const bool isDisposable = choice.starts_with(Prefix);
    const std::string_view name = isDisposable ? choice.substr(Prefix.size()) : choice;
    return {.token = {.kind = isDisposable ? TokenKind::DispvmOf : TokenKind::Qube, .name = std::string(name)},
            .qube = choice == "dom0" ? nullptr : info.find(name)};
}

} // namespace

std::vector<std::string> choicesFor(const Rules &rules,
                                    const SystemInfo &info,
                                    const PreparedRequest &prepared,
                                    const Rule &rule,
                                    const Request &request)
{
    const auto &redirect = rule.action.target;
    Choices choices = redirect ? expansionOf(*redirect, info) : choicesByRules(rules, info, prepared, request);
    if (choices.erase(std::string(Dispvm)) > 0) {
        choices.insert(defaultDisposable(prepared));
    }
    std::erase_if(choices, [&](const std::string &choice) {
        const FinalTarget target = targetOf(choice, info);
        if (choice == "dom0") {
            return isDom0Name(prepared.source);
        }
        if (target.qube == nullptr) {
            return true;
        }
        const bool isDisposable = target.token.kind == TokenKind::DispvmOf;
        return (isDisposable ? !target.qube->isDisposableTemplate : target.qube == prepared.sourceQube)
            || (!redirect && target.qube->isInternal) || (!rule.action.autostart && !isRunning(target));
    });
    return {choices.begin(), choices.end()};
}

std::string defaultChoice(const Rule &rule, const PreparedRequest &prepared)
{
    const auto &wanted = rule.action.defaultTarget;
    if (!wanted) {
        return {};
    }
    if (wanted->isDom0()) {
        return "dom0";
    }
    return wanted->kind == TokenKind::Dispvm ? defaultDisposable(prepared) : wanted->spelling();
}

} // namespace Bulkhead::Policy
