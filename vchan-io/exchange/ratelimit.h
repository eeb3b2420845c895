// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"

namespace Bulkhead
{

/// So many log lines a minute about one domain, then silence until the minute is over. Source: spec security, L-21.
class RateLimit
{
public:
    explicit constexpr RateLimit(int mostAMinute) noexcept
        : m_most(mostAMinute)
    {
    }

    [[nodiscard]] bool permits(TimePoint now) noexcept
    {
        if (now - m_since >= std::chrono::minutes(1)) {
            m_since = now;
            m_count = 0;
        }
        return m_count++ < m_most;
    }

private:
    int m_most;
    int m_count = 0;
    TimePoint m_since;
};

} // namespace Bulkhead
