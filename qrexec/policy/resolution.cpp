// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/resolution.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/printable.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::Policy
{

namespace
{

FinalTarget dom0()
{
    return {.token = {.kind = TokenKind::Qube, .name = "dom0"}};
}

Result<FinalTarget> disposableOf(const std::string &base, const SystemInfo &info)
{
    BH_CHECK(checkDisposableTemplate(base, info));
    return FinalTarget{.token = {.kind = TokenKind::DispvmOf, .name = base}, .qube = info.find(base)};
}

Result<FinalTarget> existing(const Token &wanted, const PreparedRequest &request, const SystemInfo &info)
{
    switch (wanted.kind) {
    case TokenKind::AdminVm:
        return dom0();
    case TokenKind::Qube:
        if (wanted.isDom0()) {
            return dom0();
        }
        if (const QubeRecord *qube = info.find(wanted.name)) {
            return FinalTarget{.token = wanted, .qube = qube};
        }
        return fail(Errc::Refused, formatted("no target: there is no qube {}", printable(wanted.name)));
    case TokenKind::Dispvm:
        if (request.sourceQube == nullptr || !request.sourceQube->defaultDispvm) {
            return fail(Errc::Refused, formatted("{} has no default template of disposables", request.source));
        }
        return disposableOf(*request.sourceQube->defaultDispvm, info);
    case TokenKind::DispvmOf:
        return disposableOf(wanted.name, info);
    case TokenKind::Default:
    case TokenKind::Anything:
    case TokenKind::AnyVm:
    case TokenKind::DispvmTag:
    case TokenKind::Tag:
    case TokenKind::Type:
        return fail(Errc::Refused, "no target: none was asked for and the rule names none");
    }
    std::unreachable();
}

/// Into the answer goes nothing that could look like another line or another field of a command.
Result<std::string> accountOf(const Action &action)
{
    if (action.user.empty()) {
        return "DEFAULT";
    }
    const bool isFit = std::ranges::all_of(action.user, [](char c) {
        return Ascii::isPrintable(c) && c != ':';
    });
    if (!isFit) {
        return fail(Errc::Refused, formatted("user={} is no account", printable(action.user)));
    }
    return action.user;
}

Result<void> sendByRelay(Allowed &call, const QubeRecord &remote, const SystemInfo &info, const Request &request)
{
    const QubeRecord *relay = remote.relayvm ? info.find(*remote.relayvm) : nullptr;
    if (relay == nullptr || !remote.transportRpc || remote.transportRpc->empty()) {
        return fail(Errc::Refused, formatted("{} has no relay and transport that it could be reached by", remote.name));
    }
    call.user = "DEFAULT";
    call.target = relay->name;
    call.targetUuid = relay->uuid.empty() ? "" : "uuid:" + relay->uuid;
    call.remoteService = formatted("{}+{}+{}{}", *remote.transportRpc, remote.name, request.service, request.argument);
    return {};
}

} // namespace

bool isRunning(const FinalTarget &target)
{
    return target.qube == nullptr || (target.token.kind == TokenKind::Qube && target.qube->powerState == "Running");
}

Result<FinalTarget>
resolve(const Token &wanted, const Action &action, const PreparedRequest &request, const SystemInfo &info)
{
    BH_TRY(FinalTarget target, existing(wanted, request, info));
    if (!action.autostart && !isRunning(target)) {
        return fail(Errc::WrongState, formatted("{} does not run and is not to be started", target.token.spelling()));
    }
    return target;
}

Result<Allowed> allowedCall(const FinalTarget &target,
                            const Action &action,
                            const PreparedRequest &prepared,
                            const SystemInfo &info,
                            const Request &request)
{
    BH_TRY(std::string user, accountOf(action));
    Allowed call{
        .user = std::move(user),
        .target = target.token.spelling(),
        .autostart = action.autostart,
        .requestedTarget = prepared.target.spelling(),
    };
    const bool isQube = target.token.kind == TokenKind::Qube;
    if (isQube && info.isSame(target.token.name, prepared.source)) {
        return fail(Errc::Refused, "loopback: the target is the source itself");
    }
    if (target.qube == nullptr) {
        return call;
    }
    call.policySource = prepared.policySource;
    if (!target.qube->uuid.empty()) {
        call.targetUuid = (isQube ? "uuid:" : "@dispvm:uuid:") + target.qube->uuid;
    }
    if (isQube && target.qube->type == "RemoteVM") {
        BH_CHECK(sendByRelay(call, *target.qube, info, request));
    }
    return call;
}

} // namespace Bulkhead::Policy
