// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/printable.h"

#include "base/ascii.h"

#include <format>
#include <iterator>

namespace Bulkhead
{

std::string printable(std::string_view text, std::size_t limit)
{
    std::string safe;
    for (const char c : text.substr(0, limit)) {
        if (Ascii::isPrintable(c) && c != '\\') {
            safe.push_back(c);
        } else {
            std::format_to(std::back_inserter(safe), "\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    if (text.size() > limit) {
        safe += "...";
    }
    return safe;
}

} // namespace Bulkhead
