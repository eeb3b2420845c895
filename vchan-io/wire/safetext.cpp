// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/safetext.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace Bulkhead
{
namespace
{

constexpr std::string_view Ellipsis = "\xE2\x80\xA6"; // U+2026

struct Range {
    char32_t first;
    char32_t last;
};

/// Characters that are not shown as themselves: C1 controls, line breaks, invisible ones, and those that reorder what
/// stands beside them (a title must not be able to rewrite the name before it).
constexpr std::array Hidden{
    Range{0x0080, 0x009F},   // C1 controls
    Range{0x00AD, 0x00AD},   // soft hyphen
    Range{0x034F, 0x034F},   // combining grapheme joiner
    Range{0x061C, 0x061C},   // Arabic letter mark
    Range{0x115F, 0x1160},   // Hangul fillers
    Range{0x17B4, 0x17B5},   // Khmer inherent vowels
    Range{0x180B, 0x180F},   // Mongolian selectors and separator
    Range{0x200B, 0x200F},   // zero width, direction marks
    Range{0x2028, 0x202E},   // line and paragraph separators, direction embeddings and overrides
    Range{0x2060, 0x206F},   // joiners, direction isolates, deprecated format characters
    Range{0x3164, 0x3164},   // Hangul filler
    Range{0xFE00, 0xFE0F},   // variation selectors
    Range{0xFEFF, 0xFEFF},   // byte order mark
    Range{0xFFA0, 0xFFA0},   // halfwidth Hangul filler
    Range{0xFFF9, 0xFFFB},   // interlinear annotation
    Range{0xE0000, 0xE0FFF}, // tags, variation selectors supplement
};

/// Marks that are drawn above or below the letter before them.
constexpr std::array Marks{
    Range{0x0300, 0x036F}, // combining diacritical marks
    Range{0x0483, 0x0489}, // Cyrillic
    Range{0x1AB0, 0x1AFF}, // extended
    Range{0x1DC0, 0x1DFF}, // supplement
    Range{0x20D0, 0x20FF}, // for symbols
    Range{0xFE20, 0xFE2F}, // half marks
};

/// As many as any language puts on one letter; a higher pile would leave its line.
constexpr int MaxMarksInARow = 4;

bool isOneOf(const auto &ranges, char32_t character)
{
    return std::ranges::any_of(ranges, [character](const Range &range) {
        return character >= range.first && character <= range.last;
    });
}

constexpr std::uint8_t byteAt(std::string_view text, std::size_t index)
{
    return static_cast<std::uint8_t>(text[index]);
}

/// What a lead byte promises: how many bytes, the lead's own bits, the smallest character that needs so many.
struct Lead {
    std::size_t length;
    char32_t bits;
    char32_t least;
};

constexpr Lead leadOf(std::uint8_t byte)
{
    if (byte >= 0xC2 && byte <= 0xDF) {
        return {2, byte & 0x1FU, 0x80};
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        return {3, byte & 0x0FU, 0x800};
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        return {4, byte & 0x07U, 0x10000};
    }
    return {0, 0, 0};
}

/// A character of more than one byte; no bytes if there is none.
struct Character {
    std::size_t length = 0;
    char32_t value = 0;
};

/// The multi-byte character that `text` begins with, if it is well-formed (RFC 3629).
Character decoded(std::string_view text)
{
    const Lead lead = leadOf(byteAt(text, 0));
    if (lead.length == 0 || text.size() < lead.length) {
        return {};
    }
    char32_t value = lead.bits;
    for (std::size_t i = 1; i < lead.length; ++i) {
        const std::uint8_t byte = byteAt(text, i);
        if ((byte & 0xC0U) != 0x80) {
            return {};
        }
        value = (value << 6) | (byte & 0x3FU);
    }
    const bool isSurrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < lead.least || value > 0x10FFFF || isSurrogate) {
        return {};
    }
    return {.length = lead.length, .value = value};
}

} // namespace

SafeText::SafeText(std::string text) noexcept
    : m_text(std::move(text))
{
}

SafeText SafeText::fromUtf8(std::string_view text)
{
    std::string clean;
    clean.reserve(text.size());
    int marks = 0;
    while (!text.empty()) {
        std::size_t length = 1;
        const Character character = decoded(text);
        const bool isMark = isOneOf(Marks, character.value);
        const bool isShown =
            character.length > 0 && !isOneOf(Hidden, character.value) && (!isMark || marks < MaxMarksInARow);
        if (isShown) {
            length = character.length;
            clean += text.substr(0, length);
        } else {
            clean += Ascii::isPrintable(text.front()) ? text.front() : '_';
        }
        marks = isShown && isMark ? marks + 1 : 0;
        text.remove_prefix(length);
    }
    return SafeText(std::move(clean));
}

SafeText SafeText::fromAscii(std::string_view text)
{
    std::string clean(text);
    std::ranges::replace_if(
        clean,
        [](char c) {
            return !Ascii::isPrintable(c);
        },
        '_');
    return SafeText(std::move(clean));
}

SafeText SafeText::inAscii() const
{
    if (m_text.size() > Ellipsis.size() && m_text.ends_with(Ellipsis)) {
        return fromAscii(m_text.substr(0, m_text.size() - Ellipsis.size()) + "...");
    }
    return fromAscii(m_text);
}

SafeText SafeText::cut(std::size_t most) const
{
    if (m_text.size() <= most) {
        return *this;
    }
    std::size_t end = most;
    while (end > 0 && (byteAt(m_text, end) & 0xC0U) == 0x80) {
        --end;
    }
    return SafeText(m_text.substr(0, end));
}

std::string_view textInField(std::span<const std::byte> field)
{
    if (field.empty()) {
        return {};
    }
    const auto end = std::ranges::find(field.first(field.size() - 1), std::byte{0});
    // Bytes and characters may alias; the view lives as long as the field.
    const auto *first = reinterpret_cast<const char *>(field.data()); // NOLINT(*-reinterpret-cast)
    return {first, static_cast<std::size_t>(end - field.begin())};
}

} // namespace Bulkhead
