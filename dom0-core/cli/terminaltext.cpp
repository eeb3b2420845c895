// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/terminaltext.h"

#include "base/formatted.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace Bulkhead::Cli
{

namespace
{

/// One code point at the front of a text, and the bytes it takes; invalid UTF-8 is one byte and no code point.
struct Decoded {
    char32_t codePoint = 0;
    std::size_t length = 1;
    bool isValid = false;
};

struct Range {
    char32_t first;
    char32_t last;
};

/// Code points that steer, hide or cannot be seen. Source: Unicode 16, categories Cc, Cf, Co, Cs, Zl, Zp.
constexpr std::array Unsafe{
    Range{0x00, 0x1F},       Range{0x7F, 0x9F},       Range{0xAD, 0xAD},       Range{0x600, 0x605},
    Range{0x61C, 0x61C},     Range{0x6DD, 0x6DD},     Range{0x70F, 0x70F},     Range{0x890, 0x891},
    Range{0x8E2, 0x8E2},     Range{0x180E, 0x180E},   Range{0x200B, 0x200F},   Range{0x2028, 0x202E},
    Range{0x2060, 0x206F},   Range{0xD800, 0xF8FF},   Range{0xFE00, 0xFE0F},   Range{0xFEFF, 0xFEFF},
    Range{0xFFF0, 0xFFFB},   Range{0xFFFE, 0xFFFF},   Range{0x110BD, 0x110BD}, Range{0x110CD, 0x110CD},
    Range{0x13430, 0x1343F}, Range{0x1BCA0, 0x1BCA3}, Range{0x1D173, 0x1D17A}, Range{0xE0000, 0x10FFFF},
};

std::uint8_t byteAt(std::string_view text, std::size_t place)
{
    return static_cast<std::uint8_t>(text[place]);
}

/// @param text  not empty
Decoded decode(std::string_view text)
{
    constexpr std::array<char32_t, 5> Smallest{0, 0, 0x80, 0x800, 0x10000};
    const std::uint8_t lead = byteAt(text, 0);
    if (lead < 0x80) {
        return {.codePoint = lead, .length = 1, .isValid = true};
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
        return {};
    }
    char32_t codePoint = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const std::uint8_t next = byteAt(text, i);
        if ((next & 0xC0U) != 0x80U) {
            return {};
        }
        codePoint = (codePoint << 6U) | (next & 0x3FU);
    }
    const bool isSurrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
    if (codePoint < Smallest.at(length) || isSurrogate || codePoint > 0x10FFFF) {
        return {};
    }
    return {.codePoint = codePoint, .length = length, .isValid = true};
}

bool isUnsafe(char32_t codePoint)
{
    return std::ranges::any_of(Unsafe, [codePoint](const Range &range) {
        return codePoint >= range.first && codePoint <= range.last;
    });
}

/// @param kept  control codes that stay
std::string escaped(std::string_view text, std::string_view kept)
{
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        const Decoded front = decode(text);
        const std::string_view bytes = text.substr(0, front.length);
        if (front.isValid && (!isUnsafe(front.codePoint) || kept.contains(bytes))) {
            safe += bytes;
        } else {
            for (std::size_t i = 0; i < bytes.size(); ++i) {
                safe += formatted("\\x{:02x}", byteAt(bytes, i));
            }
        }
        text.remove_prefix(front.length);
    }
    return safe;
}

} // namespace

std::string safeForTerminal(std::string_view text)
{
    return escaped(text, "\t\n");
}

std::string oneLine(std::string_view text)
{
    return escaped(text, {});
}

std::size_t widthOf(std::string_view text)
{
    std::size_t width = 0;
    for (; !text.empty(); ++width) {
        text.remove_prefix(decode(text).length);
    }
    return width;
}

std::string validUtf8(std::string_view text)
{
    constexpr std::string_view Replacement = "\xEF\xBF\xBD";
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const Decoded front = decode(text);
        valid += front.isValid ? text.substr(0, front.length) : Replacement;
        text.remove_prefix(front.length);
    }
    return valid;
}

} // namespace Bulkhead::Cli
