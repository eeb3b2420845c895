// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/qubetexts.h"

#include "base/ascii.h"
#include "base/formatted.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace Bulkhead::QubeTexts
{

namespace
{

constexpr std::string_view WhiteSpace = " \t\n\r\v\f";

bool hasOnly(std::string_view text, std::string_view signs) noexcept
{
    return std::ranges::all_of(text, [signs](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || signs.contains(c);
    });
}

std::string_view trimmed(std::string_view text) noexcept
{
    const auto begin = text.find_first_not_of(WhiteSpace);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(WhiteSpace) - begin + 1);
}

/// What the first byte of a character says of it.
struct Lead {
    std::size_t size; ///< bytes of the character
    char32_t bits;    ///< the first byte's share of it
    char32_t atLeast; ///< a smaller one has a shorter form, and must use it
};

std::optional<Lead> leadOf(unsigned char byte) noexcept
{
    if (byte < 0x80) {
        return Lead{.size = 1, .bits = byte, .atLeast = 0};
    }
    if ((byte & 0xE0U) == 0xC0) {
        return Lead{.size = 2, .bits = byte & 0x1FU, .atLeast = 0x80};
    }
    if ((byte & 0xF0U) == 0xE0) {
        return Lead{.size = 3, .bits = byte & 0x0FU, .atLeast = 0x800};
    }
    if ((byte & 0xF8U) == 0xF0) {
        return Lead{.size = 4, .bits = byte & 0x07U, .atLeast = 0x10000};
    }
    return std::nullopt;
}

/// Takes the first character off the text; nothing: it begins with none.
std::optional<char32_t> takeCharacter(std::string_view &text) noexcept
{
    constexpr char32_t FirstSurrogate = 0xD800;
    constexpr char32_t LastSurrogate = 0xDFFF;
    constexpr char32_t LastCharacter = 0x10FFFF;
    const auto lead = leadOf(static_cast<unsigned char>(text.front()));
    if (!lead || lead->size > text.size()) {
        return std::nullopt;
    }
    char32_t character = lead->bits;
    for (const char c : text.substr(1, lead->size - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80) {
            return std::nullopt;
        }
        character = (character << 6) | (byte & 0x3FU);
    }
    const bool isSurrogate = character >= FirstSurrogate && character <= LastSurrogate;
    if (character < lead->atLeast || isSurrogate || character > LastCharacter) {
        return std::nullopt;
    }
    text.remove_prefix(lead->size);
    return character;
}

} // namespace

bool isFeatureName(std::string_view text) noexcept
{
    return !text.empty() && hasOnly(text, "_.-");
}

bool isFeatureValue(std::string_view text) noexcept
{
    return std::ranges::all_of(text, Ascii::isPrintable);
}

bool isTag(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= MaxTag && hasOnly(text, "_-");
}

bool isLabelName(std::string_view text) noexcept
{
    return !text.empty() && text.size() <= MaxLabelName && hasOnly(text, "._-");
}

Result<NewLabel> parseNewLabel(std::string_view name, std::string_view color)
{
    if (!isLabelName(name) || std::ranges::all_of(name, Ascii::isDigit)) {
        return fail(Errc::BadField, "a label's name has letters, digits, dot, - and _, and not digits alone");
    }
    BH_TRY(const LabelColor parsed, LabelColor::parse(trimmed(color)));
    return NewLabel{.name = std::string(name), .color = parsed};
}

Result<std::u32string> parseNotes(std::string_view text)
{
    if (text.size() > MaxNotes) {
        return fail(Errc::LongMessage, "the notes are too long");
    }
    std::u32string notes;
    while (!text.empty()) {
        const auto character = takeCharacter(text);
        if (!character) {
            return fail(Errc::BadField, "the notes are not UTF-8");
        }
        notes += *character;
    }
    return notes;
}

Result<std::set<std::string>> parseInterfaceCodes(std::string_view text)
{
    if (text.size() % InterfaceCodeSize != 0) {
        return fail(Errc::BadField, formatted("The code of an interface has {} characters.", InterfaceCodeSize));
    }
    std::set<std::string> codes;
    for (; !text.empty(); text.remove_prefix(InterfaceCodeSize)) {
        if (!codes.emplace(text.substr(0, InterfaceCodeSize)).second) {
            return fail(Errc::BadField, "A code comes twice.");
        }
    }
    return codes;
}

Result<ShutdownOptions> parseShutdownOptions(std::string_view text)
{
    ShutdownOptions options;
    bool isLast = text.empty();
    while (!isLast) {
        const auto plus = text.find('+');
        const auto word = text.substr(0, plus);
        isLast = plus == std::string_view::npos;
        text.remove_prefix(isLast ? text.size() : plus + 1);
        bool *const wanted = word == "force" ? &options.force : word == "wait" ? &options.wait : nullptr;
        if (wanted == nullptr || *wanted) {
            return fail(Errc::BadField, "an option of the shutdown is unknown or comes twice");
        }
        *wanted = true;
    }
    return options;
}

} // namespace Bulkhead::QubeTexts
