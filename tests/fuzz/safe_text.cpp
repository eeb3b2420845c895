// SPDX-License-Identifier: GPL-2.0-or-later
// Input: any bytes. Promise: the cleaned text is as long as the original, well-formed UTF-8 by a second opinion, holds
// no control character, is its own cleaned form, and its ASCII form is printable.
#include "base/ascii.h"
#include "base/error.h"
#include "vchan-io/wire/safetext.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

using namespace Bulkhead;

namespace
{

/// Well-formed by the table of byte ranges in the Unicode standard (3.9, table 3-7), with no arithmetic on characters.
bool isWellFormed(std::string_view text)
{
    const auto in = [&text](std::size_t at, unsigned least, unsigned most) {
        return at < text.size() && static_cast<std::uint8_t>(text[at]) >= least
            && static_cast<std::uint8_t>(text[at]) <= most;
    };
    const auto tail = [&in](std::size_t at) {
        return in(at, 0x80, 0xBF);
    };
    while (!text.empty()) {
        std::size_t length = 0;
        if (in(0, 0x20, 0x7E)) {
            length = 1;
        } else if (in(0, 0xC2, 0xDF) && tail(1)) {
            length = 2;
        } else if (((in(0, 0xE0, 0xE0) && in(1, 0xA0, 0xBF)) || (in(0, 0xE1, 0xEC) && tail(1))
                    || (in(0, 0xED, 0xED) && in(1, 0x80, 0x9F)) || (in(0, 0xEE, 0xEF) && tail(1)))
                   && tail(2)) {
            length = 3;
        } else if (((in(0, 0xF0, 0xF0) && in(1, 0x90, 0xBF)) || (in(0, 0xF1, 0xF3) && tail(1))
                    || (in(0, 0xF4, 0xF4) && in(1, 0x80, 0x8F)))
                   && tail(2) && tail(3)) {
            length = 4;
        }
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(data, data + size);
    const SafeText safe = SafeText::fromUtf8(text);
    BH_ASSERT(safe.text().size() == text.size());
    BH_ASSERT(isWellFormed(safe.text()));
    BH_ASSERT(SafeText::fromUtf8(safe.text()) == safe);
    BH_ASSERT(std::ranges::all_of(safe.inAscii().text(), Ascii::isPrintable));
    for (std::size_t most = 0; most <= std::min<std::size_t>(size, 8); ++most) {
        BH_ASSERT(safe.cut(most).text().size() <= most && isWellFormed(safe.cut(most).text()));
    }
    return 0;
}
