// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/drag/bubbleplace.h"

#include <algorithm>
#include <tuple>

namespace Bulkhead
{

namespace
{

constexpr int Gap = 6;

/// Along one axis: both ends of the area, and right before and behind each thing that is avoided.
QList<int> candidates(int first, int last, int length, const QList<std::pair<int, int>> &avoided)
{
    const int farthest = std::max(first, last - length + 1);
    QList<int> places{first, farthest};
    for (const auto &[begin, end] : avoided) {
        places << std::clamp(begin - Gap - length, first, farthest) << std::clamp(end + Gap + 1, first, farthest);
    }
    return places;
}

qint64 coveredBy(const QRect &place, const QList<QRect> &avoided)
{
    qint64 pixels = 0;
    for (const QRect &rect : avoided) {
        const QRect covered = rect & place;
        pixels += qint64{covered.width()} * covered.height();
    }
    return pixels;
}

} // namespace

QPoint bubblePlace(QSize size, const QRect &area, const QList<QRect> &avoided, QPoint pointer)
{
    QList<std::pair<int, int>> columns;
    QList<std::pair<int, int>> rows;
    for (const QRect &rect : avoided) {
        columns << std::pair(rect.left(), rect.right());
        rows << std::pair(rect.top(), rect.bottom());
    }
    const QList<int> lefts = candidates(area.left(), area.right(), size.width(), columns);
    const QList<int> tops = candidates(area.top(), area.bottom(), size.height(), rows);
    const QPoint wanted(pointer.x() < area.center().x() ? lefts[1] : lefts[0], area.top());
    QPoint best = wanted;
    auto leastCost = std::tuple(coveredBy(QRect(best, size), avoided), 0);
    for (const int left : lefts) {
        for (const int top : tops) {
            const QPoint place(left, top);
            const auto cost = std::tuple(coveredBy(QRect(place, size), avoided), (place - wanted).manhattanLength());
            if (cost < leastCost) {
                best = place;
                leastCost = cost;
            }
        }
    }
    return best;
}

} // namespace Bulkhead
