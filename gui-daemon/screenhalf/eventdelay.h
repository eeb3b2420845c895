// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "vchan-io/wire/screencommands.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

namespace Bulkhead::Screen
{

/// Holds back what a person does, each act for a while that is drawn anew, so that no qube learns from the rhythm of
/// keys who types, or what. The order stays. No clock, no loop: the time is told.
/// @source spec gui-protocol 5.9
class EventDelay
{
public:
    static constexpr std::chrono::milliseconds Longest{5000};

    /// Any number, each as likely as another.
    using Draw = std::move_only_function<std::uint64_t()>;

    /// @param most  up to which an act waits, at most Longest; 0: nothing waits
    EventDelay(std::chrono::milliseconds most, Draw draw);

    /// Whether this event has to be added and not told at once: acts of the person do, where windows are does not.
    [[nodiscard]] bool holds(const Event &event) const;

    void add(const Event &event, TimePoint now);
    /// The window is gone: another may get its number.
    void forget(WindowId window);

    /// When the next event is due; nothing while none waits.
    [[nodiscard]] std::optional<TimePoint> nextDue() const;
    /// The next event that is due by now.
    [[nodiscard]] std::optional<Event> take(TimePoint now);

private:
    struct Waiting {
        Event event;
        TimePoint due;
    };

    Duration m_most;
    Draw m_draw;
    std::deque<Waiting> m_waiting; ///< each due no earlier than the one before
    TimePoint m_lastDue{};
};

} // namespace Bulkhead::Screen
