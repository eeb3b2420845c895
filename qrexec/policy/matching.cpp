// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/matching.h"

#include <utility>

namespace Bulkhead::Policy
{

namespace
{

bool hasTagOrType(const Token &rule, const QubeRecord *qube)
{
    return qube != nullptr && (rule.kind == TokenKind::Tag ? qube->hasTag(rule.name) : qube->type == rule.name);
}

/// The template of the disposable that is asked for, if one is and it has one.
const QubeRecord *templateAskedFor(const PreparedRequest &request, const SystemInfo &info)
{
    if (request.target.kind == TokenKind::DispvmOf) {
        return info.find(request.target.name);
    }
    if (request.target.kind == TokenKind::Dispvm && request.sourceQube != nullptr
        && request.sourceQube->defaultDispvm) {
        return info.find(*request.sourceQube->defaultDispvm);
    }
    return nullptr;
}

bool matchesDisposable(const Token &rule, const PreparedRequest &request, const SystemInfo &info)
{
    if (request.target.kind == TokenKind::DispvmOf) {
        return info.isSame(rule.name, request.target.name);
    }
    // A rule that writes the template's uuid does not speak of `@dispvm`. Source: spec policy, 5.2.
    return request.target.kind == TokenKind::Dispvm && request.sourceQube != nullptr
        && request.sourceQube->defaultDispvm == rule.name;
}

} // namespace

bool matchesSource(const Token &rule, const PreparedRequest &request, const SystemInfo &info)
{
    switch (rule.kind) {
    case TokenKind::Anything:
        return true;
    case TokenKind::AnyVm:
        return !isDom0Name(request.source);
    case TokenKind::AdminVm:
        return isDom0Name(request.source);
    case TokenKind::Qube:
        return info.isSame(rule.name, request.source);
    case TokenKind::Tag:
    case TokenKind::Type:
        return hasTagOrType(rule, request.sourceQube);
    case TokenKind::Default:
    case TokenKind::Dispvm:
    case TokenKind::DispvmOf:
    case TokenKind::DispvmTag:
        return false; // a source is always a qube
    }
    std::unreachable();
}

bool matchesTarget(const Token &rule, const PreparedRequest &request, const SystemInfo &info)
{
    const Token &asked = request.target;
    switch (rule.kind) {
    case TokenKind::Anything:
        return true;
    case TokenKind::AnyVm:
        return !asked.isDom0();
    case TokenKind::AdminVm:
        return asked.isDom0();
    case TokenKind::Qube:
        return rule.isDom0() ? asked.isDom0() : asked.kind == TokenKind::Qube && info.isSame(rule.name, asked.name);
    case TokenKind::Tag:
    case TokenKind::Type:
        return asked.kind == TokenKind::Qube && hasTagOrType(rule, info.find(asked.name));
    case TokenKind::Default:
    case TokenKind::Dispvm:
        return asked.kind == rule.kind;
    case TokenKind::DispvmOf:
        return matchesDisposable(rule, request, info);
    case TokenKind::DispvmTag: {
        const QubeRecord *base = templateAskedFor(request, info);
        return base != nullptr && base->isDisposableTemplate && base->hasTag(rule.name);
    }
    }
    std::unreachable();
}

Match firstMatch(const Rules &rules,
                 const SystemInfo &info,
                 const PreparedRequest &request,
                 std::string_view service,
                 std::string_view argument)
{
    Match match;
    auto candidates = rules.candidates(service, argument);
    while (const auto id = candidates.next()) {
        const Rule &rule = rules.at(*id);
        if (!matchesSource(rule.source, request, info)) {
            match.passed.push_back({.rule = *id, .why = Mismatch::Source});
        } else if (!matchesTarget(rule.target, request, info)) {
            match.passed.push_back({.rule = *id, .why = Mismatch::Target});
        } else {
            match.rule = *id;
            break;
        }
    }
    return match;
}

} // namespace Bulkhead::Policy
