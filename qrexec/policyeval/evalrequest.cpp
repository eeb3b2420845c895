// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyeval/evalrequest.h"

#include "base/ascii.h"

#include <algorithm>
#include <format>

namespace Bulkhead::Qrexec
{

namespace
{

bool isNameLetter(char c)
{
    return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '_' || c == '.' || c == '-';
}

Result<std::string> parseQube(std::string_view text, std::size_t longest, std::string_view field)
{
    const auto isLetter = [](char c) {
        return isNameLetter(c) || c == '@';
    };
    if (text.empty() || text.size() > longest || !std::ranges::all_of(text, isLetter)) {
        return fail(Errc::BadField, std::string(field));
    }
    return std::string(text);
}

} // namespace

Result<EvalRequest> parseEvalRequest(std::string_view argument, std::string_view payload)
{
    const auto isLetter = [](char c) {
        return isNameLetter(c) || c == '+';
    };
    if (argument.empty() || argument.starts_with('+') || !std::ranges::all_of(argument, isLetter)) {
        return fail(Errc::BadField, "the service");
    }
    if (payload.size() > MaxEvalPayload) {
        return fail(Errc::TooMuch, "the payload");
    }
    const std::size_t end = payload.find('\0');
    if (end == std::string_view::npos) {
        return fail(Errc::BadField, "the payload has no target");
    }
    BH_TRY(std::string source, parseQube(payload.substr(0, end), MaxEvalSource, "the source"));
    BH_TRY(std::string target, parseQube(payload.substr(end + 1), MaxEvalTarget, "the target"));
    return EvalRequest{.source = std::move(source), .target = std::move(target), .service = std::string(argument)};
}

std::string evalQuery(const EvalRequest &request)
{
    return std::format(
        "source={}\nintended_target={}\nservice_and_arg={}\nassume_yes_for_ask=yes\njust_evaluate=yes\n\n",
        request.source,
        request.target,
        request.service);
}

} // namespace Bulkhead::Qrexec
