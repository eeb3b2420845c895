// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "dom0-core/model/model.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

namespace Bulkhead
{

/// Draws the numbers of disposables. One that was given up rests for a week, so that what a log or a person still calls
/// disp1234 is not another qube the next day. Kept in memory only: a daemon that starts anew forgets.
/// @source spec qube-model, 2
class Dispids
{
public:
    /// 16 random bytes; handed in by main().
    using Random = std::function<std::array<std::byte, 16>()>;

    static constexpr std::chrono::days Rest{7};

    /// @param clock  outlives this
    Dispids(Random random, const Clock &clock);

    /// Nothing: all are in use or rest.
    [[nodiscard]] std::optional<std::uint32_t> pick(const Model &model);
    void rest(std::uint32_t dispid);

private:
    Random m_random;
    const Clock &m_clock;
    std::map<std::uint32_t, TimePoint> m_resting; ///< and since when
};

} // namespace Bulkhead
