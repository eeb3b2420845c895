// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "base/ids.h"
#include "vchan-io/wire/dragscreenmessages.h"

#include <cstdint>
#include <optional>
#include <span>

namespace Bulkhead::Screen
{

/// What one press of the first button in a window of the qube becomes (spec ui 8.3, 1 and 2). It decides nothing: it
/// says what the person does, and bulkhead-drag, which also hears the qube's agent, says whether that is a drag across
/// qubes. Pure: no X, no clock.
class DragWatch
{
public:
    enum class Phase : std::uint8_t {
        Idle,
        Held, ///< the button is down, the pointer near the qube's windows
        Away, ///< the button is down, the pointer has left them
        Mine, ///< dom0 has the pointer
        Done, ///< dom0 has seen the end; the qube still believes the button down
    };

    using Message = std::optional<Drag::FromScreen>;

    [[nodiscard]] Message pressed(WindowId window, std::uint32_t time);
    /// In a window of the qube.
    [[nodiscard]] Message released();
    /// @param ours  the frames of the qube that are shown
    [[nodiscard]] Message moved(Point pointer, std::uint32_t time, std::span<const Rect> ours);

    /// Whether the pointer is to be taken now; then taken() follows.
    [[nodiscard]] bool mayTake() const noexcept
    {
        return m_phase == Phase::Away;
    }

    [[nodiscard]] Drag::FromScreen taken(bool succeeded);

    // While it is Mine.
    [[nodiscard]] Drag::FromScreen movedElsewhere(Point pointer) const;
    [[nodiscard]] Drag::FromScreen releasedElsewhere(Point pointer, bool withControl);
    [[nodiscard]] Drag::FromScreen escaped();

    /// The qube is told that the button came up: the drag is over.
    /// @return the window whose press it was, if the qube still believes in one
    [[nodiscard]] std::optional<WindowId> letGo();
    /// The qube's window is gone.
    [[nodiscard]] Message forget(WindowId window);

    [[nodiscard]] Phase phase() const noexcept
    {
        return m_phase;
    }

private:
    Phase m_phase = Phase::Idle;
    WindowId m_window;
};

/// How far a point is from a rectangle, in pixels along the farther axis; 0: inside.
[[nodiscard]] std::int64_t distance(Point point, const Rect &rect);

} // namespace Bulkhead::Screen
