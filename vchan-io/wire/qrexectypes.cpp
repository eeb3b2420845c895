// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qrexectypes.h"

#include "base/ascii.h"
#include "vchan-io/wire/safetext.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::Qrexec
{
namespace
{

bool isAnyOf(char c, std::string_view signs)
{
    return Ascii::isLetter(c) || Ascii::isDigit(c) || signs.contains(c);
}

bool isIdentLetter(char c)
{
    return isAnyOf(c, "_.- ");
}

/// The text with every byte outside letters, digits and `signs` replaced.
std::string replaced(std::string_view text, std::string_view signs)
{
    std::string clean(text);
    std::ranges::replace_if(
        clean,
        [signs](char c) {
            return !isAnyOf(c, signs);
        },
        '_');
    return clean;
}

} // namespace

RequestIdent::RequestIdent(std::string text) noexcept
    : m_text(std::move(text))
{
}

Result<RequestIdent> RequestIdent::parse(const RawIdent &raw)
{
    const auto end = std::ranges::find(raw, std::byte{0});
    const bool isPadded = end != raw.end() && std::all_of(end, raw.end(), [](std::byte b) {
                              return b == std::byte{0};
                          });
    const std::string_view text = textInField(raw);
    if (!isPadded || !std::ranges::all_of(text, isIdentLetter)) {
        return fail(Errc::BadField, "the request's ident is not one");
    }
    return RequestIdent(std::string(text));
}

Result<RequestIdent> RequestIdent::fromText(std::string_view text)
{
    if (text.size() >= RawIdent{}.size() || !std::ranges::all_of(text, isIdentLetter)) {
        return fail(Errc::BadValue, "not an ident of a request");
    }
    return RequestIdent(std::string(text));
}

RawIdent RequestIdent::raw() const noexcept
{
    RawIdent raw{};
    std::ranges::copy(std::as_bytes(std::span(m_text)), raw.begin());
    return raw;
}

RequestedQube::RequestedQube(std::string text) noexcept
    : m_text(std::move(text))
{
}

RequestedQube RequestedQube::cleaned(std::string_view text)
{
    return RequestedQube(replaced(text.substr(0, std::min(text.find('\0'), MaxLength)), "_.-@:"));
}

RequestedService::RequestedService(std::string text) noexcept
    : m_text(std::move(text))
{
}

Result<RequestedService> RequestedService::cleaned(std::string_view text)
{
    if (text.empty() || text.front() == '+' || text.contains('\0')) {
        return fail(Errc::BadField, "the service has no name, or one with a NUL in it");
    }
    if (text.size() >= MaxServiceField) {
        return fail(Errc::TooMuch, "the service's name and argument are too long");
    }
    return RequestedService(replaced(text, "_.-+"));
}

} // namespace Bulkhead::Qrexec
