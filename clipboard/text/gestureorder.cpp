// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/gestureorder.h"

namespace Bulkhead::Clipboard
{

bool GestureOrder::admit(std::uint32_t time, TimePoint now)
{
    constexpr std::uint32_t Half = 0x80000000U;
    const bool isKnown = m_newest && now - m_newest->seen < Memory;
    if (isKnown && m_newest->time - time < Half) {
        return false; // the same moment counts as older, too (spec clipboard, section 6)
    }
    m_newest = Newest{.time = time, .seen = now};
    return true;
}

} // namespace Bulkhead::Clipboard
