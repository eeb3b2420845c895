// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace Bulkhead::Qrexec
{

/// Keeps a qube from filling a log: so many lines of one kind a minute, then only how many there would have been.
/// Source: spec security, L-21.
class LogLimit
{
public:
    static constexpr std::uint32_t LinesAMinute = 50;

    /// Whether a line may be written now. If so: how many were left out since the last one that was.
    [[nodiscard]] std::optional<std::uint32_t> allow(TimePoint now)
    {
        if (now - m_windowBegan >= std::chrono::minutes(1)) {
            m_windowBegan = now;
            m_lines = 0;
        }
        if (m_lines >= LinesAMinute) {
            ++m_leftOut;
            return std::nullopt;
        }
        ++m_lines;
        return std::exchange(m_leftOut, 0);
    }

private:
    TimePoint m_windowBegan;
    std::uint32_t m_lines = 0;
    std::uint32_t m_leftOut = 0;
};

} // namespace Bulkhead::Qrexec
