// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"

#include <chrono>

namespace Bulkhead::GuestSession
{

/// How long to wait before a program that ended is started again: not at all after a long life, and twice as long each
/// time while it keeps ending early.
class BackOff
{
public:
    static constexpr Duration First = std::chrono::milliseconds(50);
    static constexpr Duration Longest = std::chrono::seconds(5);
    /// A program that lived so long has not ended early.
    static constexpr Duration LongLife = std::chrono::seconds(10);

    void started(TimePoint now) noexcept
    {
        m_started = now;
    }

    /// @return the wait before the next start
    [[nodiscard]] Duration ended(TimePoint now) noexcept;

    /// The next end is the first.
    void reset() noexcept
    {
        m_next = Duration::zero();
    }

private:
    TimePoint m_started;
    Duration m_next = Duration::zero();
};

} // namespace Bulkhead::GuestSession
