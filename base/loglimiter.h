// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Keeps one qube from filling a log, or from pushing others' lines out of it: of each kind of line so many a minute,
/// then only how many there would have been. Source: spec security, L-21.
class LogLimiter
{
public:
    static constexpr std::uint32_t LinesAMinute = 50;
    /// Kinds that are told apart at a time; those beyond share one count, so that no peer can make this grow.
    static constexpr std::size_t MaxKinds = 1024;

    struct LeftOut {
        std::string kind; ///< empty: of kinds beyond MaxKinds
        std::uint32_t lines = 0;

        friend bool operator==(const LeftOut &, const LeftOut &) = default;
    };

    /// Whether a line of this kind may be written now. It counts as written.
    [[nodiscard]] bool permits(std::string_view kind, TimePoint now);
    /// What was left out of kinds whose minute is over. Each is told once.
    [[nodiscard]] std::vector<LeftOut> takeLeftOut(TimePoint now);

    [[nodiscard]] std::size_t kinds() const noexcept
    {
        return m_counts.size();
    }

private:
    struct Count {
        TimePoint began;
        std::uint32_t lines = 0;
        std::uint32_t leftOut = 0;
    };

    std::map<std::string, Count, std::less<>> m_counts; ///< by kind; those whose minute is not over
    TimePoint m_firstEnd = TimePoint::max();            ///< of the minute that is over first
};

} // namespace Bulkhead
