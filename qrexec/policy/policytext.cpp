// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/policytext.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace Bulkhead::Policy
{

namespace
{

/// White space of more than one byte, in UTF-8: U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F,
/// U+205F, U+3000.
constexpr std::array<std::string_view, 19> LongSpaces{
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83",
    "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A",
    "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80",
};

/// The length of the white space that `text` begins with: one character, or 0.
std::size_t spaceAt(std::string_view text)
{
    const auto c = static_cast<unsigned char>(text.front());
    if (c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F)) {
        return 1;
    }
    const auto *const found = std::ranges::find_if(LongSpaces, [text](std::string_view space) {
        return text.starts_with(space);
    });
    return found == LongSpaces.end() ? 0 : found->size();
}

/// What follows a leading byte: how many bytes, and the least value that needs so many.
struct Sequence {
    std::size_t more;
    std::uint32_t bits;
    std::uint32_t least;
};

/// A sequence of no following bytes with a least above its bits is none.
Sequence sequenceOf(unsigned char lead)
{
    if (lead < 0x80) {
        return {0, lead, 0};
    }
    if (lead >= 0xC2 && lead < 0xE0) {
        return {1, lead & 0x1FU, 0x80};
    }
    if (lead >= 0xE0 && lead < 0xF0) {
        return {2, lead & 0x0FU, 0x800};
    }
    if (lead >= 0xF0 && lead < 0xF5) {
        return {3, lead & 0x07U, 0x10000};
    }
    return {0, 0, 1};
}

} // namespace

bool isUtf8(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        auto [more, value, least] = sequenceOf(static_cast<unsigned char>(text[at]));
        if (text.size() - at <= more) {
            return false;
        }
        for (std::size_t i = 1; i <= more; ++i) {
            const auto c = static_cast<unsigned char>(text[at + i]);
            if ((c & 0xC0U) != 0x80) {
                return false;
            }
            value = (value << 6U) | (c & 0x3FU);
        }
        if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
            return false;
        }
        at += more + 1;
    }
    return true;
}

std::vector<std::string_view> splitLines(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
        text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(text.size(), 1));
    }
    return lines;
}

std::vector<std::string_view> splitFields(std::string_view line)
{
    std::vector<std::string_view> fields;
    std::size_t begin = 0;
    std::size_t at = 0;
    while (at < line.size()) {
        const std::size_t space = spaceAt(line.substr(at));
        if (space == 0) {
            ++at;
            continue;
        }
        if (at > begin) {
            fields.push_back(line.substr(begin, at - begin));
        }
        at += space;
        begin = at;
    }
    if (at > begin) {
        fields.push_back(line.substr(begin));
    }
    return fields;
}

} // namespace Bulkhead::Policy
