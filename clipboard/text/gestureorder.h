// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>

namespace Bulkhead::Clipboard
{

/// Keeps an old gesture from undoing a newer one: a gui-daemon that was stopped tells of keys that were pressed long
/// ago. Gestures are ordered by the X server's time, which all daemons share.
class GestureOrder
{
public:
    /// X's time wraps after 49.7 days, so which of two gestures is older can only be told while they are closer than
    /// half of that. After this long every gesture counts as newer.
    static constexpr Duration Memory = std::chrono::hours(24 * 7);

    /// @param time  of the gesture, X's milliseconds
    /// @param now  on our own clock
    /// @return whether it is newer than every one admitted before; then it is remembered as the newest
    [[nodiscard]] bool admit(std::uint32_t time, TimePoint now);

private:
    struct Newest {
        std::uint32_t time;
        TimePoint seen;
    };

    std::optional<Newest> m_newest;
};

} // namespace Bulkhead::Clipboard
