// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/request.h"

#include "base/formatted.h"
#include "base/printable.h"

#include <utility>

namespace Bulkhead::Policy
{

namespace
{

constexpr std::string_view RemoteType = "RemoteVM";

Result<void> takeRequestedSource(PreparedRequest &prepared, const Request &request, const SystemInfo &info)
{
    const std::string_view wanted = request.requestedSource;
    const QubeRecord *remote = info.find(wanted);
    if (remote == nullptr || remote->type != RemoteType) {
        return fail(Errc::Refused, formatted("requested source {} is no RemoteVM", printable(wanted)));
    }
    if (remote->relayvm != request.source) {
        return fail(Errc::Refused,
                    formatted("{} is not the relay of requested source {}", request.source, remote->name));
    }
    prepared.source = remote->name;
    prepared.policySource = remote->name;
    return {};
}

} // namespace

void Request::setServiceAndArgument(std::string_view text)
{
    const std::size_t plus = text.find('+');
    service = text.substr(0, plus);
    argument = plus == std::string_view::npos ? "+" : text.substr(plus);
}

std::string Request::serviceAndArgument() const
{
    return service + argument;
}

Result<void> checkDisposableTemplate(std::string_view designation, const SystemInfo &info)
{
    const QubeRecord *base = info.find(designation);
    if (base == nullptr || !base->isDisposableTemplate) {
        return fail(Errc::Refused, formatted("{} is no template of disposables", printable(designation)));
    }
    return {};
}

Result<PreparedRequest> prepare(const Request &request, const SystemInfo &info)
{
    auto target = parseToken(request.target.empty() ? "@default" : request.target, Column::Caller);
    if (!target) {
        return fail(Errc::BadField, target.error().detail);
    }
    PreparedRequest prepared{.source = request.source, .target = *std::move(target)};
    if (!request.requestedSource.empty()) {
        BH_CHECK(takeRequestedSource(prepared, request, info));
    }
    prepared.sourceQube = info.find(prepared.source);
    Token &asked = prepared.target;
    if (asked.kind == TokenKind::Qube && !asked.isDom0() && info.find(asked.name) == nullptr) {
        prepared.warnings.push_back(formatted("there is no qube {}, using @default", printable(asked.name)));
        asked = {.kind = TokenKind::Default, .name = {}};
    }
    if (asked.kind == TokenKind::DispvmOf) {
        BH_CHECK(checkDisposableTemplate(asked.name, info));
    }
    return prepared;
}

} // namespace Bulkhead::Policy
