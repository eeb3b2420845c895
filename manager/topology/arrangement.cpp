// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/arrangement.h"

#include <algorithm>
#include <cmath>

namespace Bulkhead
{

namespace
{

/// From one row's middle to the next one's where the outside is at the bottom: a node, and room for its links to bend.
constexpr double verticalColumn = NodeHeight + 70;
/// From one node's middle to that of the next one beside it there.
constexpr double verticalRow = NodeWidth + 24;
constexpr double curveRoom = 70; ///< in front of a net qube, for links to bend in

/// Half of a node along the way to the outside, and how near two nodes are as far from it.
struct Extent {
    double half;
    double near;
};

Extent extentOf(const Arrangement &arrangement)
{
    const double length = arrangement.isVertical ? NodeHeight : NodeWidth;
    return {.half = length / 2, .near = length + GridStep};
}

/// As if the outside was at a side.
QPainterPath levelLinkPath(QPointF from, QPointF to, const Extent &extent)
{
    const double side = to.x() >= from.x() ? 1 : -1;
    const QPointF start = from + QPointF(side * extent.half, 0);
    const QPointF end = to - QPointF(side * extent.half, 0);
    QPainterPath path(start);
    if (std::abs(to.x() - from.x()) < extent.near) { // one above the other: around at the side
        const double out = std::max(start.x() * side, (to.x() + side * extent.half) * side) * side + side * curveRoom;
        const QPointF back = to + QPointF(side * extent.half, 0);
        path.cubicTo(QPointF(out, start.y()), QPointF(out, back.y()), back);
        return path;
    }
    const double bend = std::min(curveRoom, std::abs(end.x() - start.x()));
    const QPointF turn(end.x() - side * bend, start.y());
    path.lineTo(turn);
    path.cubicTo(turn + QPointF(side * bend / 2, 0), end - QPointF(side * bend / 2, 0), end);
    return path;
}

/// @param clientSide  where the clients are: 1 or -1
QPainterPath levelArrowPath(QPointF from, QPointF to, const Extent &extent, double clientSide, double shift)
{
    const QPointF aside(0, shift);
    if (std::abs(to.x() - from.x()) < extent.near) {
        const QPointF start = from + QPointF(clientSide * extent.half, 0) + aside;
        const QPointF end = to + QPointF(clientSide * extent.half, 0) + aside;
        const double bulge = std::min(96.0, 28 + std::abs(to.y() - from.y()) * 0.16);
        const double out =
            (clientSide < 0 ? std::min(start.x(), end.x()) : std::max(start.x(), end.x())) + clientSide * bulge;
        QPainterPath path(start);
        path.cubicTo(QPointF(out, start.y()), QPointF(out, end.y()), end);
        return path;
    }
    const double side = to.x() >= from.x() ? 1 : -1;
    const QPointF start = from + QPointF(side * extent.half, 0) + aside;
    const QPointF end = to - QPointF(side * extent.half, 0) + aside;
    const double bend = std::max(36.0, std::abs(end.x() - start.x()) * 0.45);
    QPainterPath path(start);
    path.cubicTo(start + QPointF(side * bend, 0), end - QPointF(side * bend, 0), end);
    return path;
}

} // namespace

QPointF Arrangement::toScene(QPointF place) const
{
    const double side = isMirrored ? -1 : 1;
    return isVertical ? QPointF(side * place.y() * (verticalRow / RowStep), place.x() * (verticalColumn / ColumnStep))
                      : QPointF(side * place.x(), place.y());
}

QPointF Arrangement::toPlace(QPointF position) const
{
    const double side = isMirrored ? -1 : 1;
    return isVertical
        ? QPointF(position.y() * (ColumnStep / verticalColumn), side * position.x() * (RowStep / verticalRow))
        : QPointF(side * position.x(), position.y());
}

QPointF Arrangement::outwards() const
{
    return isVertical ? QPointF(0, halfNode()) : QPointF(isMirrored ? -halfNode() : halfNode(), 0);
}

double Arrangement::halfNode() const
{
    return extentOf(*this).half;
}

bool Arrangement::isAcross(QPointF direction) const
{
    return isVertical ? direction.x() != 0 : direction.y() != 0;
}

QPainterPath transposed(const QPainterPath &path)
{
    QPainterPath turned = path;
    for (int i = 0; i < turned.elementCount(); ++i) {
        turned.setElementPositionAt(i, path.elementAt(i).y, path.elementAt(i).x);
    }
    return turned;
}

QPainterPath linkPath(QPointF from, QPointF to, const Arrangement &arrangement)
{
    return arrangement.isVertical ? transposed(levelLinkPath(from.transposed(), to.transposed(), extentOf(arrangement)))
                                  : levelLinkPath(from, to, extentOf(arrangement));
}

QPainterPath arrowPath(QPointF from, QPointF to, const Arrangement &arrangement, double shift)
{
    if (arrangement.isVertical) {
        return transposed(levelArrowPath(from.transposed(), to.transposed(), extentOf(arrangement), -1, shift));
    }
    return levelArrowPath(from, to, extentOf(arrangement), arrangement.isMirrored ? 1 : -1, shift);
}

} // namespace Bulkhead
