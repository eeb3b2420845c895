// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/stacking.h"

#include <algorithm>

namespace Bulkhead::Drag
{

namespace
{

bool contains(const Rect &rect, Point place)
{
    return place.x >= rect.x && place.y >= rect.y && place.x < rect.right() && place.y < rect.bottom();
}

/// The up to four rectangles that are `whole` without `part`, which lies in it.
void addWithout(std::vector<Rect> &to, const Rect &whole, const Rect &part)
{
    const auto add = [&to](std::int64_t left, std::int64_t top, std::int64_t right, std::int64_t bottom) {
        if (right > left && bottom > top) {
            to.push_back({static_cast<std::int32_t>(left),
                          static_cast<std::int32_t>(top),
                          static_cast<std::uint32_t>(right - left),
                          static_cast<std::uint32_t>(bottom - top)});
        }
    };
    add(whole.x, whole.y, whole.right(), part.y);
    add(whole.x, part.y, part.x, part.bottom());
    add(part.right(), part.y, whole.right(), part.bottom());
    add(whole.x, part.bottom(), whole.right(), whole.bottom());
}

} // namespace

const ShownWindow *windowAt(std::span<const ShownWindow> windows, Point place)
{
    const auto found = std::ranges::find_if(windows, [place](const ShownWindow &window) {
        return contains(window.rect, place);
    });
    return found == windows.end() ? nullptr : &*found;
}

std::vector<Rect> visibleParts(const Rect &rect, std::span<const Rect> above)
{
    std::vector<Rect> parts{rect};
    for (const Rect &cover : above) {
        std::vector<Rect> left;
        for (const Rect &part : parts) {
            const Rect covered = intersection(part, cover);
            if (covered.empty()) {
                left.push_back(part);
            } else {
                addWithout(left, part, covered);
            }
        }
        parts = std::move(left);
    }
    return parts;
}

std::vector<Sheet> sheetsOver(std::span<const ShownWindow> windows, const QubeName &source)
{
    std::vector<Sheet> sheets;
    std::vector<Rect> above;
    for (const ShownWindow &window : windows) {
        if (window.owner && window.owner->qube != source) {
            if (auto parts = visibleParts(window.rect, above); !parts.empty()) {
                sheets.push_back({.window = window, .parts = std::move(parts)});
            }
        }
        above.push_back(window.rect);
    }
    return sheets;
}

} // namespace Bulkhead::Drag
