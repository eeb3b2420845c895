// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/damageregion.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace Bulkhead::GuiAgent
{

namespace
{

std::uint64_t pixels(const Rect &area)
{
    return std::uint64_t{area.width} * area.height;
}

/// Pixels that the union of both covers beyond what the two would cover one by one; negative where they overlap.
std::int64_t waste(const Rect &a, const Rect &b)
{
    return static_cast<std::int64_t>(pixels(united(a, b))) - static_cast<std::int64_t>(pixels(a) + pixels(b));
}

} // namespace

void DamageRegion::add(const Rect &area)
{
    if (area.empty()) {
        return;
    }
    m_areas.push_back(area);
    absorbNeighbours();
    if (m_areas.size() > MaxRectangles) {
        mergeCheapestPair();
    }
}

std::vector<Rect> DamageRegion::take(Size size)
{
    const Rect whole{0, 0, size.width, size.height};
    std::vector<Rect> inside;
    for (const Rect &area : std::exchange(m_areas, {})) {
        if (const Rect part = intersection(area, whole); !part.empty()) {
            inside.push_back(part);
        }
    }
    return inside;
}

/// Joins the newest rectangle with others for as long as that costs no pixel: one inside another, or side by side.
void DamageRegion::absorbNeighbours()
{
    bool joined = true;
    while (joined) {
        joined = false;
        const Rect newest = m_areas.back();
        const auto end = m_areas.end() - 1;
        const auto neighbour = std::find_if(m_areas.begin(), end, [&newest](const Rect &area) {
            return waste(area, newest) <= 0;
        });
        if (neighbour != end) {
            m_areas.back() = united(*neighbour, newest);
            m_areas.erase(neighbour);
            joined = true;
        }
    }
}

void DamageRegion::mergeCheapestPair()
{
    std::size_t first = 0;
    std::size_t second = 1;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < m_areas.size(); ++i) {
        for (std::size_t j = i + 1; j < m_areas.size(); ++j) {
            if (const std::int64_t cost = waste(m_areas[i], m_areas[j]); cost < least) {
                least = cost;
                first = i;
                second = j;
            }
        }
    }
    const Rect merged = united(m_areas[first], m_areas[second]);
    m_areas.erase(m_areas.begin() + static_cast<std::ptrdiff_t>(second));
    m_areas.erase(m_areas.begin() + static_cast<std::ptrdiff_t>(first));
    m_areas.push_back(merged);
    absorbNeighbours();
}

} // namespace Bulkhead::GuiAgent
