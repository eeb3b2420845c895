// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/delegates/contrast.h"
#include "manager/topology/nodelook.h"
#include "manager/topology/picturecolors.h"

#include <QPainter>

#include <algorithm>
#include <cmath>
#include <utility>

// How a link is drawn; nodes are in nodelook.cpp.
namespace Bulkhead
{

namespace
{

double widthOf(const LinkLook &look)
{
    if (!look.traffic) {
        return look.isInUse ? 2.2 : 1.4;
    }
    switch (*look.traffic) {
    case TrafficStep::Idle:
        return 1.4;
    case TrafficStep::Little:
        return 2.8;
    case TrafficStep::Some:
        return 4.8;
    case TrafficStep::Much:
        return 7.6;
    }
    std::unreachable();
}

QPen linkPen(const LinkLook &look, const NodeAttention &attention, const QPalette &palette)
{
    const QColor base = palette.color(QPalette::Base);
    const QColor text = palette.color(QPalette::Text);
    QPen pen(blend(base, text, look.isInUse ? 0.75 : 0.4), widthOf(look));
    switch (look.way) {
    case LinkLook::Way::Present:
        if (look.isBroken) {
            pen = QPen(schemeColor(KColorScheme::NegativeText), 2.2);
            pen.setDashPattern({6, 3});
        }
        break;
    case LinkLook::Way::Wanted:
        pen = QPen(palette.color(QPalette::Highlight), 2.4);
        pen.setDashPattern({3, 2});
        break;
    case LinkLook::Way::Leaving:
        pen.setColor(blend(base, text, 0.3));
        pen.setDashPattern({1, 3});
        break;
    case LinkLook::Way::Remembered:
        pen.setColor(blend(base, text, 0.35));
        pen.setDashPattern({8, 5});
        break;
    }
    if (attention.isSelected || attention.isCurrent) {
        pen.setColor(palette.color(QPalette::Highlight));
        pen.setWidthF(pen.widthF() + 1.6);
    }
    return pen;
}

/// The arrow's head at the end of the path, which comes to it level or upright. It grows with the line.
QPolygonF headOf(const QPainterPath &path, double lineWidth)
{
    const double length = std::max(10.0, 1.9 * lineWidth);
    const double half = std::max(5.0, 1.15 * lineWidth);
    const QPointF end = path.currentPosition();
    const QPointF way = path.elementCount() > 1 ? end - QPointF(path.elementAt(path.elementCount() - 2)) : QPointF();
    if (std::abs(way.y()) > std::abs(way.x())) {
        const double back = way.y() > 0 ? -length : length;
        return {end, end + QPointF(-half, back), end + QPointF(half, back)};
    }
    const double back = way.x() > 0 ? -length : length;
    return {end, end + QPointF(back, -half), end + QPointF(back, half)};
}

/// The line up to the middle of its head: a broad one would else stand out beside the tip.
QPainterPath lineTo(const QPainterPath &path, const QPolygonF &head)
{
    QPainterPath line = path;
    const QPointF back = ((head.at(1) + head.at(2)) / 2 - head.at(0)) / 2;
    const int last = line.elementCount() - 1;
    const bool isCurve = line.elementAt(last).type == QPainterPath::CurveToDataElement;
    for (int i = isCurve ? last - 1 : last; i <= last; ++i) { // the end, and what makes it level
        line.setElementPositionAt(i, line.elementAt(i).x + back.x(), line.elementAt(i).y + back.y());
    }
    return line;
}

/// Draws what of a line the device can show: one that is dashed across the whole picture would else cost thousands of
/// dashes that nobody sees.
void drawSeen(QPainter &painter, const QPainterPath &path, QPen pen)
{
    const double reach = pen.widthF();
    const QTransform &view = painter.worldTransform();
    const QRectF seen = view.inverted()
                            .mapRect(QRectF(0, 0, painter.device()->width(), painter.device()->height()))
                            .adjusted(-reach, -reach, reach, reach);
    if (seen.contains(path.boundingRect())) {
        painter.setPen(pen);
        painter.drawPath(path);
        return;
    }
    const QPolygonF line = path.toSubpathPolygons(view).value(0); // as fine as it is looked at
    const QTransform back = view.inverted();
    QPolygonF piece;
    double length = 0;
    double begin = 0;
    const auto draw = [&] {
        if (!piece.isEmpty()) {
            pen.setDashOffset(begin / pen.widthF()); // as if it came from the line's beginning
            painter.setPen(pen);
            painter.drawPolyline(piece);
            piece.clear();
        }
    };
    for (qsizetype i = 1; i < line.size(); ++i) {
        const QLineF step = back.map(QLineF(line.at(i - 1), line.at(i)));
        if (seen.intersects(QRectF(step.p1(), step.p2()).normalized().adjusted(-reach, -reach, reach, reach))) {
            if (piece.isEmpty()) {
                begin = length;
                piece << step.p1();
            }
            piece << step.p2();
        } else {
            draw();
        }
        length += step.length();
    }
    draw();
}

/// The middle of a line by its length, measured along the chords it is drawn with: the exact length of a curve across
/// the whole picture takes longer to find than all of it to draw.
QPointF middleOf(const QPainterPath &path)
{
    const QPolygonF line = path.toSubpathPolygons().value(0);
    double whole = 0;
    for (qsizetype i = 1; i < line.size(); ++i) {
        whole += QLineF(line.at(i - 1), line.at(i)).length();
    }
    double left = whole / 2;
    for (qsizetype i = 1; i < line.size(); ++i) {
        const QLineF chord(line.at(i - 1), line.at(i));
        if (const double length = chord.length(); length >= left && length > 0) {
            return chord.pointAt(left / length);
        }
        left -= chord.length();
    }
    return path.currentPosition();
}

/// Closed: both halves meet. Open: they stand apart. Broken: a cross.
void drawPlug(QPainter &painter, QPointF at, const LinkLook &look, const QPalette &palette, const QColor &color)
{
    painter.setPen(QPen(color, 1.8));
    painter.setBrush(palette.color(QPalette::Base));
    if (look.isBroken) {
        painter.drawEllipse(at, 8, 8);
        painter.drawLine(at - QPointF(4, 4), at + QPointF(4, 4));
        painter.drawLine(at - QPointF(4, -4), at + QPointF(4, -4));
        return;
    }
    const double gap = look.way == LinkLook::Way::Remembered ? 4 : 0.8;
    painter.drawRoundedRect(QRectF(at.x() - gap - 6, at.y() - 5, 6, 10), 2, 2);
    painter.drawRoundedRect(QRectF(at.x() + gap, at.y() - 5, 6, 10), 2, 2);
}

/// The result of a real test, at the link's beginning: a tick or a cross in a disc.
void drawReached(QPainter &painter, QPointF at, bool isReached)
{
    const QColor color = schemeColor(isReached ? KColorScheme::PositiveText : KColorScheme::NegativeText);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(at, 9, 9);
    painter.setPen(QPen(textColorOn(color), 2.2));
    if (isReached) {
        painter.drawPolyline(QPolygonF{at + QPointF(-4.5, 0), at + QPointF(-1.5, 3.5), at + QPointF(4.5, -3.5)});
    } else {
        painter.drawLine(at - QPointF(3.5, 3.5), at + QPointF(3.5, 3.5));
        painter.drawLine(at - QPointF(3.5, -3.5), at + QPointF(3.5, -3.5));
    }
}

} // namespace

void drawLink(QPainter &painter,
              const QPainterPath &path,
              const LinkLook &look,
              const NodeAttention &attention,
              const PictureStyle &style)
{
    painter.save();
    painter.setOpacity(painter.opacity() * (attention.isDimmed ? DimmedOpacity : 1));
    const QPen pen = linkPen(look, attention, style.palette);
    painter.setBrush(Qt::NoBrush);
    const QPolygonF head = headOf(path, pen.widthF());
    drawSeen(painter, lineTo(path, head), pen);
    if (style.zoom >= MarksOnlyZoom) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(pen.color());
        painter.drawPolygon(head);
    }
    if (style.zoom >= FewWordsZoom || look.isBroken) {
        drawPlug(painter, middleOf(path), look, style.palette, pen.color());
    }
    if (look.isReached) {
        drawReached(painter, path.pointAtPercent(0.15), *look.isReached);
    }
    painter.restore();
}

} // namespace Bulkhead
