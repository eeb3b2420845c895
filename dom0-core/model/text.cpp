// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/text.h"

#include "base/ascii.h"
#include "base/number.h"
#include "vchan-io/wire/calls/volumepayload.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

constexpr std::string_view WhiteSpace = " \t\n\r\v\f";

} // namespace

std::optional<std::uint64_t> parseNumber(std::string_view text)
{
    return parseDecimal(text);
}

std::optional<std::int64_t> parseInteger(std::string_view text)
{
    text = trimmed(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) {
            return std::nullopt;
        }
    }
    return numberIn<std::int64_t>(text);
}

std::optional<bool> parseBoolean(std::string_view text)
{
    const std::string word = lowered(text);
    if (word == "0" || word == "no" || word == "false" || word == "off") {
        return false;
    }
    if (word == "1" || word == "yes" || word == "true" || word == "on") {
        return true;
    }
    return std::nullopt;
}

std::string booleanText(bool value)
{
    return value ? "True" : "False";
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(WhiteSpace);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(WhiteSpace) - first + 1);
}

std::string lowered(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

bool isAscii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) {
        return c > 0;
    });
}

bool isPropertyText(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) {
        return Ascii::isPrintable(c) || (WhiteSpace.contains(c));
    });
}

} // namespace Bulkhead
