// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>

namespace Bulkhead
{

/// Boot time: monotonic, and it goes on through suspend, so that no deadline is stretched by closing a lid.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

/// Where time comes from. Handed in by main(); tests hand in one that they move by hand.
class Clock
{
public:
    Clock() = default;
    Clock(const Clock &) = delete;
    Clock &operator=(const Clock &) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual TimePoint now() const = 0;
};

/// CLOCK_BOOTTIME.
class BootClock final : public Clock
{
public:
    [[nodiscard]] TimePoint now() const override;
};

} // namespace Bulkhead
