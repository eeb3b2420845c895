// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"

#include <cstddef>
#include <span>
#include <vector>

namespace Bulkhead::GuiAgent
{

/// What of a window has changed since it was last shown to the daemon: a few rectangles that together cover all of the
/// damage. While the daemon is slow, damage only gathers here, so a busy program costs a constant (gui_112).
class DamageRegion
{
public:
    /// More rectangles than this are merged: each costs a request to the X server and a message.
    static constexpr std::size_t MaxRectangles = 16;

    void add(const Rect &area);

    [[nodiscard]] bool empty() const noexcept
    {
        return m_areas.empty();
    }

    void clear() noexcept
    {
        m_areas.clear();
    }

    /// The part inside a picture of `size`, and nothing is damaged any more.
    [[nodiscard]] std::vector<Rect> take(Size size);

private:
    void absorbNeighbours();
    void mergeCheapestPair();

    std::vector<Rect> m_areas;
};

} // namespace Bulkhead::GuiAgent
