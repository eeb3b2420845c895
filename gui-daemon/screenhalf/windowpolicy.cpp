// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/windowpolicy.h"

#include <algorithm>

namespace Bulkhead::Screen
{

namespace
{

struct Borders {
    std::uint32_t side;
    std::uint32_t top;
};

Borders bordersOf(Kind kind, std::uint32_t stripHeight)
{
    return kind == Kind::Managed ? Borders{.side = ManagedBorder, .top = ManagedBorder + stripHeight} : Borders{0, 0};
}

std::uint64_t areaOf(const Rect &rect)
{
    return std::uint64_t{rect.width} * rect.height;
}

/// The part of a monitor that popups may use. A panel's monitor may have no work area left: then it is used whole.
Rect usablePart(const Desktop &desktop, const Rect &monitor)
{
    const Rect part = intersection(monitor, desktop.workArea);
    return part.empty() ? monitor : part;
}

Rect monitorFor(const Desktop &desktop, const Rect &window)
{
    const auto covered = [&](const Rect &monitor) {
        return areaOf(intersection(monitor, window));
    };
    return *std::ranges::max_element(desktop.monitors, {}, covered);
}

std::int32_t shiftInside(std::int32_t start, std::uint32_t length, std::int32_t areaStart, std::uint32_t areaLength)
{
    const auto last = static_cast<std::int32_t>(std::int64_t{areaStart} + areaLength - length);
    return std::clamp(start, areaStart, std::max(areaStart, last));
}

Rect framedPopup(const Rect &window)
{
    if (window.width <= 2 * PopupBorder || window.height <= 2 * PopupBorder) {
        return {};
    }
    return {.x = PopupBorder,
            .y = PopupBorder,
            .width = window.width - 2 * PopupBorder,
            .height = window.height - 2 * PopupBorder};
}

} // namespace

FrameGeometry frameAround(Kind kind, const Rect &window, std::uint32_t stripHeight)
{
    if (kind == Kind::Popup) {
        constexpr auto inset = static_cast<std::int32_t>(PopupBorder);
        return {.frame = window, .content = framedPopup(window), .strip = {}, .picture = {-inset, -inset}};
    }
    const auto [side, top] = bordersOf(kind, stripHeight);
    const auto left = static_cast<std::int32_t>(side);
    const auto above = static_cast<std::int32_t>(top);
    return {
        .frame = {.x = window.x - left,
                  .y = window.y - above,
                  .width = window.width + 2 * side,
                  .height = window.height + top + side},
        .content = {.x = left, .y = above, .width = window.width, .height = window.height},
        .strip = stripHeight == 0 ? Rect{} : Rect{.x = left, .y = left, .width = window.width, .height = stripHeight},
        .picture = {},
    };
}

Rect windowWithin(Kind kind, const Rect &frame, std::uint32_t stripHeight)
{
    const auto [side, top] = bordersOf(kind, stripHeight);
    const auto inner = [](std::uint32_t outer, std::uint32_t borders) {
        return outer > borders ? outer - borders : 1;
    };
    return {.x = frame.x + static_cast<std::int32_t>(side),
            .y = frame.y + static_cast<std::int32_t>(top),
            .width = inner(frame.width, 2 * side),
            .height = inner(frame.height, top + side)};
}

Rect placePopup(const Desktop &desktop, const Rect &wanted)
{
    const Rect root{0, 0, desktop.root.width, desktop.root.height};
    if (intersection(root, wanted).empty()) {
        return wanted;
    }
    const Rect area = usablePart(desktop, monitorFor(desktop, wanted));
    const std::uint32_t width = std::min(wanted.width, area.width);
    const std::uint32_t height = std::min(wanted.height, area.height);
    return {.x = shiftInside(wanted.x, width, area.x, area.width),
            .y = shiftInside(wanted.y, height, area.y, area.height),
            .width = width,
            .height = height};
}

Kind kindOf(const Desktop &desktop, bool asksForPopup, const Rect &wanted, std::span<const Rect> popups)
{
    if (!asksForPopup) {
        return Kind::Managed;
    }
    for (const Rect &monitor : desktop.monitors) {
        const Rect area = usablePart(desktop, monitor);
        if (intersection(area, wanted).empty()) {
            continue;
        }
        std::vector<Rect> covered{intersection(area, wanted)};
        for (const Rect &popup : popups) {
            covered.push_back(intersection(area, popup));
        }
        if (unionArea(covered) * 100 > areaOf(area) * MaxPopupPercent) {
            return Kind::Managed;
        }
    }
    return Kind::Popup;
}

std::uint64_t unionArea(std::span<const Rect> rects)
{
    // Cut into vertical stripes at every left and right edge; within a stripe the rectangles are intervals. At most
    // MaxPopups + 1 rectangles come here, so the square of their number is small.
    std::vector<std::int64_t> edges;
    for (const Rect &rect : rects) {
        edges.push_back(rect.x);
        edges.push_back(rect.right());
    }
    std::ranges::sort(edges);
    std::uint64_t area = 0;
    for (std::size_t i = 1; i < edges.size(); ++i) {
        std::vector<std::pair<std::int64_t, std::int64_t>> intervals;
        for (const Rect &rect : rects) {
            if (!rect.empty() && rect.x <= edges[i - 1] && rect.right() >= edges[i]) {
                intervals.emplace_back(rect.y, rect.bottom());
            }
        }
        std::ranges::sort(intervals);
        std::int64_t length = 0;
        std::int64_t reached = INT64_MIN;
        for (const auto &[top, bottom] : intervals) {
            length += std::max<std::int64_t>(0, bottom - std::max(top, reached));
            reached = std::max(reached, bottom);
        }
        area += static_cast<std::uint64_t>((edges[i] - edges[i - 1]) * length);
    }
    return area;
}

Rect plausibleWorkArea(const Size &root, const std::optional<Rect> &said)
{
    const Rect whole{0, 0, root.width, root.height};
    if (!said) {
        return whole;
    }
    const Rect area = intersection(whole, *said);
    return area.empty() ? whole : area;
}

} // namespace Bulkhead::Screen
