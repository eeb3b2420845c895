// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/services/execargument.h"

#include "base/ascii.h"

#include <optional>

namespace Bulkhead::Qrexec
{

namespace
{

bool isLiteral(char c)
{
    return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '.' || c == '_';
}

std::optional<unsigned> hexDigit(char c)
{
    if (Ascii::isDigit(c)) {
        return static_cast<unsigned>(c - '0');
    }
    if (c >= 'A' && c <= 'F') {
        return static_cast<unsigned>(c - 'A') + 10U;
    }
    return std::nullopt;
}

/// The byte after a `-`, taken from the front.
/// @param text  what follows the `-`
Result<char> takeEscaped(std::string_view &text)
{
    if (text.starts_with('-')) {
        text.remove_prefix(1);
        return '-';
    }
    const auto high = text.size() >= 2 ? hexDigit(text[0]) : std::nullopt;
    const auto low = text.size() >= 2 ? hexDigit(text[1]) : std::nullopt;
    if (!high || !low) {
        return fail(Errc::BadValue,
                    "a - in the command is followed by neither - nor two upper-case hexadecimal digits");
    }
    text.remove_prefix(2);
    const char byte = static_cast<char>(static_cast<unsigned char>(*high * 16U + *low));
    if (byte == '\0' || isLiteral(byte) || byte == '-') {
        return fail(Errc::BadValue, "the command holds a NUL, or a byte that has a spelling of its own");
    }
    return byte;
}

} // namespace

Result<std::vector<std::string>> decodeExecArgument(std::string_view argument)
{
    std::vector<std::string> words(1);
    while (!argument.empty()) {
        const char c = argument.front();
        argument.remove_prefix(1);
        if (c == '+') {
            words.emplace_back();
        } else if (c == '-') {
            BH_TRY(const char byte, takeEscaped(argument));
            words.back() += byte;
        } else if (isLiteral(c)) {
            words.back() += c;
        } else {
            return fail(Errc::BadValue, "the command holds a byte that must be escaped");
        }
    }
    if (words.front().empty()) {
        return fail(Errc::BadValue, "the command names no program");
    }
    return words;
}

} // namespace Bulkhead::Qrexec
