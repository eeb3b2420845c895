// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/guestsession/backoff.h"

#include <algorithm>

namespace Bulkhead::GuestSession
{

Duration BackOff::ended(TimePoint now) noexcept
{
    if (now - m_started >= LongLife) {
        reset();
    }
    const Duration wait = m_next;
    m_next = std::min(Longest, std::max(First, 2 * m_next));
    return wait;
}

} // namespace Bulkhead::GuestSession
