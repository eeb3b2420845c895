// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/devicewords.h"

#include "base/ascii.h"
#include "base/formatted.h"

#include <algorithm>

namespace Bulkhead::DeviceWords
{

namespace
{

constexpr std::string_view Unknown = "?******";
constexpr std::string_view UnknownInArgument = "_______";

void replaceAll(std::string &text, std::string_view what, std::string_view with)
{
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

bool hasOnly(std::string_view text, std::string_view signs)
{
    return std::ranges::all_of(text, [signs](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || signs.contains(c);
    });
}

bool isWord(std::string_view word, std::string_view signs)
{
    return !word.empty() && word.size() <= MaxWord && hasOnly(word, signs);
}

bool isKey(std::string_view key)
{
    return !key.empty() && hasOnly(key, "!#$%&()*+,-./:;<>?@[\\]^_{|}~");
}

} // namespace

bool isPort(std::string_view word) noexcept
{
    return isWord(word, "._-");
}

bool isIdentity(std::string_view word) noexcept
{
    return isWord(word, "._:?*-");
}

Result<Argument> parseArgument(std::string_view text)
{
    const auto plus = text.find('+');
    if (plus == std::string_view::npos) {
        return fail(Errc::BadField, "the argument names no device");
    }
    std::string rest(text.substr(plus + 1));
    std::ranges::replace(rest, '+', ':');
    const auto colon = rest.find(':');
    std::string port = rest.substr(0, colon);
    std::string identity = colon == std::string::npos ? std::string("_") : rest.substr(colon + 1);
    replaceAll(identity, UnknownInArgument, Unknown);
    for (std::string *const part : {&port, &identity}) {
        if (*part == "_") {
            *part = Any;
        }
    }
    if ((port != Any && !isPort(port)) || !isIdentity(identity) || (port == Any && identity == Any)) {
        return fail(Errc::BadField, "the argument names no device");
    }
    auto backend = QubeName::parse(text.substr(0, plus));
    if (!backend) {
        return fail(Errc::BadField, "the argument names no qube that has a device");
    }
    return Argument{.backend = *std::move(backend), .port = std::move(port), .identity = std::move(identity)};
}

Result<Pairs> parsePairs(std::string_view text)
{
    Pairs pairs;
    while (!text.empty()) {
        const auto equals = text.find("='");
        if (equals == std::string_view::npos) {
            return fail(Errc::BadField, "a property of the device has no value");
        }
        const std::string_view key = text.substr(0, equals);
        text.remove_prefix(equals + 2);
        // A value ends at the last quote and blank before the next key.
        const auto next = text.find("='");
        const bool isLast = next == std::string_view::npos;
        const auto end = isLast ? text.size() - 1 : text.rfind("' ", next);
        if (text.empty() || end == std::string_view::npos || text[end] != '\'') {
            return fail(Errc::BadField, "a property of the device has no end");
        }
        std::string value(text.substr(0, end));
        replaceAll(value, "\\'", "'");
        const bool isKnown = std::ranges::contains(pairs, key, &Pairs::value_type::first);
        if (!isKey(key) || !std::ranges::all_of(value, Ascii::isPrintable) || isKnown) {
            return fail(Errc::BadField, "a property of the device has other characters than it may, or comes twice");
        }
        pairs.emplace_back(key, std::move(value));
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return pairs;
}

std::string textOf(const Pairs &pairs)
{
    std::string text;
    for (const auto &[key, value] : pairs) {
        std::string quoted = value;
        replaceAll(quoted, "'", "\\'");
        text += formatted("{}{}='{}'", text.empty() ? "" : " ", key, quoted);
    }
    return text;
}

} // namespace Bulkhead::DeviceWords
