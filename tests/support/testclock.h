// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"

namespace Bulkhead::Test
{

/// A clock that only the test moves.
class TestClock final : public Clock
{
public:
    [[nodiscard]] TimePoint now() const override
    {
        return m_now;
    }

    void advance(Duration by)
    {
        m_now += by;
    }

private:
    TimePoint m_now{std::chrono::hours(1)};
};

} // namespace Bulkhead::Test
