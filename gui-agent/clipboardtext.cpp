// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/clipboardtext.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace Bulkhead::GuiAgent
{

namespace
{

/// The leading bytes of UTF-8 sequences, and what may follow them first; all further bytes are 80..BF (RFC 3629, 4).
struct Lead {
    std::uint8_t first;
    std::uint8_t last;
    std::size_t length;
    std::uint8_t secondLeast;
    std::uint8_t secondMost;
};

constexpr std::array Leads{
    Lead{0xC2, 0xDF, 2, 0x80, 0xBF},
    Lead{0xE0, 0xE0, 3, 0xA0, 0xBF},
    Lead{0xE1, 0xEC, 3, 0x80, 0xBF},
    Lead{0xED, 0xED, 3, 0x80, 0x9F},
    Lead{0xEE, 0xEF, 3, 0x80, 0xBF},
    Lead{0xF0, 0xF0, 4, 0x90, 0xBF},
    Lead{0xF1, 0xF3, 4, 0x80, 0xBF},
    Lead{0xF4, 0xF4, 4, 0x80, 0x8F},
};

constexpr std::uint8_t byteAt(std::string_view text, std::size_t index)
{
    return static_cast<std::uint8_t>(text[index]);
}

/// Length of the well-formed sequence of several bytes that `text` begins with; 0 if there is none.
std::size_t sequenceLength(std::string_view text)
{
    const std::uint8_t first = byteAt(text, 0);
    const auto *const lead = std::ranges::find_if(Leads, [first](const Lead &candidate) {
        return first >= candidate.first && first <= candidate.last;
    });
    if (lead == Leads.end() || text.size() < lead->length || byteAt(text, 1) < lead->secondLeast
        || byteAt(text, 1) > lead->secondMost) {
        return 0;
    }
    const bool rest = std::ranges::all_of(text.substr(2, lead->length - 2), [](char character) {
        return (static_cast<std::uint8_t>(character) & 0xC0) == 0x80;
    });
    return rest ? lead->length : 0;
}

bool isPlainAscii(char character)
{
    return (character >= 0x20 && character < 0x7F) || character == '\t' || character == '\n' || character == '\r';
}

} // namespace

std::string_view cutForWire(std::string_view text, Gui::Version negotiated)
{
    const std::size_t most = negotiated >= Gui::SinceLargeClipboard ? Gui::OversizeSign : Gui::MaxClipboardBefore8;
    return text.substr(0, most);
}

std::string pastableUtf8(std::string_view text)
{
    text = text.substr(0, text.find('\0'));
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        if (isPlainAscii(text.front())) {
            clean.push_back(text.front());
            text.remove_prefix(1);
        } else if (const std::size_t length = sequenceLength(text); length > 0) {
            clean.append(text.substr(0, length));
            text.remove_prefix(length);
        } else {
            clean.push_back('?');
            text.remove_prefix(1);
        }
    }
    return clean;
}

} // namespace Bulkhead::GuiAgent
