// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/relationlook.h"

#include "manager/topology/picturecolors.h"

#include <QPainter>

#include <utility>

namespace Bulkhead
{

namespace
{

constexpr double headLength = 13;
constexpr double headHalf = 6;

QColor colorOf(Relation relation)
{
    switch (relation) {
    case Relation::Template:
        return schemeColor(KColorScheme::LinkText);
    case Relation::DisposableParent:
        return schemeColor(KColorScheme::VisitedText);
    case Relation::Device:
        return schemeColor(KColorScheme::ActiveText);
    case Relation::SoundAndDisplay:
        return schemeColor(KColorScheme::NeutralText);
    case Relation::UpdatePath:
        return schemeColor(KColorScheme::PositiveText);
    }
    std::unreachable();
}

/// Whether the inside of the head is filled.
bool isSolid(Relation relation)
{
    return relation == Relation::DisposableParent || relation == Relation::Device || relation == Relation::UpdatePath;
}

QPainterPath closed(const QPolygonF &polygon)
{
    QPainterPath path;
    path.addPolygon(polygon);
    path.closeSubpath();
    return path;
}

QPainterPath twoTriangles()
{
    QPainterPath path = closed({QPointF(0, 0), QPointF(-8, -headHalf), QPointF(-8, headHalf)});
    path.addPath(closed({QPointF(-8, 0), QPointF(-16, -headHalf), QPointF(-16, headHalf)}));
    return path;
}

} // namespace

QList<qreal> dashesOf(Relation relation)
{
    switch (relation) {
    case Relation::Template: // long dashes
        return {9, 4};
    case Relation::DisposableParent: // dash, dot
        return {6, 3, 1, 3};
    case Relation::Device: // dash, dot, dot
        return {7, 2.5, 1, 2.5, 1, 2.5};
    case Relation::SoundAndDisplay: // pairs of dots
        return {1, 2, 1, 5};
    case Relation::UpdatePath: // long, short
        return {12, 3, 4, 3};
    }
    std::unreachable();
}

QPainterPath headOf(Relation relation)
{
    QPainterPath path;
    switch (relation) {
    case Relation::Template: // a diamond
        return closed({QPointF(0, 0), QPointF(-8, -headHalf), QPointF(-16, 0), QPointF(-8, headHalf)});
    case Relation::DisposableParent: // a disc
        path.addEllipse(QPointF(-headHalf, 0), headHalf, headHalf);
        return path;
    case Relation::Device: // a box
        path.addRect(QRectF(-2 * headHalf, -headHalf, 2 * headHalf, 2 * headHalf));
        return path;
    case Relation::SoundAndDisplay: // an open angle
        path.moveTo(-headLength, -headHalf - 1);
        path.lineTo(0, 0);
        path.lineTo(-headLength, headHalf + 1);
        return path;
    case Relation::UpdatePath:
        return twoTriangles();
    }
    std::unreachable();
}

void drawRelation(
    QPainter &painter, const QPainterPath &path, Relation relation, bool isUnderHand, const PictureStyle &style)
{
    painter.save();
    const QColor color = colorOf(relation);
    QPen line(color, isUnderHand ? 3.2 : 1.8, Qt::SolidLine, Qt::FlatCap);
    line.setDashPattern(dashesOf(relation));
    painter.setPen(line);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    if (style.zoom >= MarksOnlyZoom) {
        painter.translate(path.pointAtPercent(1));
        painter.rotate(-path.angleAtPercent(1)); // counted against the clock, as the path runs
        painter.setPen(QPen(color, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const bool isOpen = relation == Relation::SoundAndDisplay;
        painter.setBrush(isOpen                  ? QBrush(Qt::NoBrush)
                             : isSolid(relation) ? QBrush(color)
                                                 : QBrush(style.palette.color(QPalette::Base)));
        painter.drawPath(headOf(relation));
    }
    painter.restore();
}

} // namespace Bulkhead
