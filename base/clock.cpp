// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/clock.h"

#include <ctime>

namespace Bulkhead
{

TimePoint BootClock::now() const
{
    timespec time{};
    (void)::clock_gettime(CLOCK_BOOTTIME, &time); // cannot fail: the clock exists since Linux 2.6.39
    return TimePoint(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

} // namespace Bulkhead
