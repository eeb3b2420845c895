// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/evalrequest.h"

#include "base/ascii.h"

#include <algorithm>

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

} // namespace Bulkhead::Qrexec
