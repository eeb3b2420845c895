// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "base/qubename.h"
#include "clipboard/drag/broker/stacking.h"

#include <cstdint>
#include <optional>

namespace Bulkhead::Drag
{

/// From the press of a button to its release: whether this is a drag across qubes, and whose. Pure. There is one
/// pointer, so there is one gesture at a time, and the newest press ends every older one.
class Gesture
{
public:
    enum class Phase : std::uint8_t {
        Idle,
        Pressed, ///< a press that dom0 saw in a window of source()
        Taking,  ///< the screen half was told to take the pointer
        Away,    ///< dom0 has the pointer
    };

    /// What is to be done next.
    enum class Step : std::uint8_t { Nothing, Take, Show, End };

    /// @return End: an older gesture of another qube ends with this
    [[nodiscard]] Step pressed(const QubeName &qube);
    /// The qube's agent says that a drag of files began. Of itself that does nothing.
    [[nodiscard]] Step began(const QubeName &qube);
    [[nodiscard]] Step left(const QubeName &qube);
    [[nodiscard]] Step taken(const QubeName &qube);
    void notTaken(const QubeName &qube);
    /// The button came up, the person pressed Escape, or the qube's screen half has gone.
    [[nodiscard]] Step over(const QubeName &qube);

    [[nodiscard]] Phase phase() const noexcept
    {
        return m_phase;
    }

    /// Of the gesture; nothing: Idle.
    [[nodiscard]] const std::optional<QubeName> &source() const noexcept
    {
        return m_source;
    }

private:
    [[nodiscard]] Step takeIfBoth();
    [[nodiscard]] bool isOf(const QubeName &qube, Phase phase) const;

    Phase m_phase = Phase::Idle;
    std::optional<QubeName> m_source;
    bool m_hasBegun = false;
    bool m_isAway = false;
};

/// What lies under the pointer, as far as a drop is concerned.
struct Target {
    std::uint64_t window = 0; ///< as ShownWindow::id; 0: none
    Rect rect = {};
    std::optional<QubeName> qube = {}; ///< nothing: dom0's, or none

    friend bool operator==(const Target &, const Target &) = default;
};

/// The ring at the pointer: full after it has rested over one target for Needed (spec ui 8.3.4). Pure.
class Rest
{
public:
    static constexpr Duration Needed = std::chrono::milliseconds(400);

    /// @return whether the ring has started again
    bool over(const Target &target, TimePoint now);
    void stop();

    [[nodiscard]] bool isFull(TimePoint now) const;
    /// Nothing: there is no target of a qube, or it is full.
    [[nodiscard]] std::optional<Duration> left(TimePoint now) const;

    [[nodiscard]] const Target &target() const noexcept
    {
        return m_target;
    }

private:
    Target m_target;
    std::optional<TimePoint> m_since;
};

} // namespace Bulkhead::Drag
