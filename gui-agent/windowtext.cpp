// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/windowtext.h"

#include "vchan-io/wire/guifromagent.h"

#include <algorithm>
#include <cstddef>

namespace Bulkhead::GuiAgent
{

namespace
{

constexpr std::string_view Ellipsis = "\xE2\x80\xA6"; // U+2026

} // namespace

std::string utf8FromLatin1(std::string_view text)
{
    std::string utf8;
    utf8.reserve(text.size());
    for (const char character : text) {
        const auto code = static_cast<unsigned char>(character);
        if (code < 0x80) {
            utf8.push_back(character);
        } else {
            utf8.push_back(static_cast<char>(0xC0 | (code >> 6)));
            utf8.push_back(static_cast<char>(0x80 | (code & 0x3F)));
        }
    }
    return utf8;
}

SafeText titleForWire(std::string_view utf8)
{
    constexpr std::size_t Longest = Gui::FromAgent::Title::MaxText;
    // Cleaning looks at each character once, so a title of megabytes is cut roughly first.
    SafeText title = SafeText::fromUtf8(utf8.substr(0, std::min(utf8.size(), 2 * Longest)));
    if (utf8.size() < Longest) {
        return title;
    }
    return SafeText::fromUtf8(title.cut(Longest - Ellipsis.size()).text() + std::string(Ellipsis));
}

ProgramClass classForWire(std::string_view property)
{
    constexpr std::size_t Longest = Gui::FromAgent::WindowClass::MaxText;
    const std::size_t nameEnd = std::min(property.find('\0'), property.size());
    const std::string_view name = property.substr(0, nameEnd);
    std::string_view rest = property.substr(std::min(nameEnd + 1, property.size()));
    rest = rest.substr(0, std::min(rest.find('\0'), rest.size()));
    return {
        .resourceName = SafeText::fromAscii(name.substr(0, Longest)),
        .resourceClass = SafeText::fromAscii(rest.substr(0, Longest)),
    };
}

} // namespace Bulkhead::GuiAgent
