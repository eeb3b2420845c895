// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/drag/dragwatch.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::Screen
{

std::int64_t distance(Point point, const Rect &rect)
{
    const auto beside = [](std::int64_t at, std::int64_t first, std::int64_t end) {
        return std::max({first - at, at - (end - 1), std::int64_t{0}});
    };
    return std::max(beside(point.x, rect.x, rect.right()), beside(point.y, rect.y, rect.bottom()));
}

DragWatch::Message DragWatch::pressed(WindowId window, std::uint32_t time)
{
    m_phase = Phase::Held;
    m_window = window;
    return Drag::Pressed{.window = window, .time = time};
}

DragWatch::Message DragWatch::released()
{
    if (m_phase != Phase::Held && m_phase != Phase::Away) {
        return std::nullopt;
    }
    m_phase = Phase::Idle;
    return Drag::Over{};
}

DragWatch::Message DragWatch::moved(Point pointer, std::uint32_t time, std::span<const Rect> ours)
{
    if (m_phase != Phase::Held && m_phase != Phase::Away) {
        return std::nullopt;
    }
    const bool isAway = std::ranges::all_of(ours, [pointer](const Rect &rect) {
        return distance(pointer, rect) >= Drag::LeaveDistance;
    });
    const Phase before = std::exchange(m_phase, isAway ? Phase::Away : Phase::Held);
    if (!isAway || before == Phase::Away) {
        return std::nullopt;
    }
    return Drag::Left{.time = time, .pointer = pointer};
}

Drag::FromScreen DragWatch::taken(bool succeeded)
{
    if (!succeeded) {
        return Drag::NotTaken{};
    }
    m_phase = Phase::Mine;
    return Drag::Taken{};
}

Drag::FromScreen DragWatch::movedElsewhere(Point pointer) const
{
    return Drag::Moved{.pointer = pointer};
}

Drag::FromScreen DragWatch::releasedElsewhere(Point pointer, bool withControl)
{
    m_phase = Phase::Done;
    return Drag::Released{.pointer = pointer, .withControl = withControl};
}

Drag::FromScreen DragWatch::escaped()
{
    m_phase = Phase::Done;
    return Drag::Escaped{};
}

std::optional<WindowId> DragWatch::letGo()
{
    const Phase before = std::exchange(m_phase, Phase::Idle);
    return before == Phase::Mine || before == Phase::Done ? std::optional(m_window) : std::nullopt;
}

DragWatch::Message DragWatch::forget(WindowId window)
{
    return window == m_window ? released() : std::nullopt; // what dom0 has goes on without it
}

} // namespace Bulkhead::Screen
