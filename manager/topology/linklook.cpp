// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/nodelook.h"
#include "manager/topology/picturecolors.h"

#include <QPainter>

#include <utility>

// How a link is drawn; nodes are in nodelook.cpp.
namespace Bulkhead
{

namespace
{

QPen linkPen(const LinkLook &look, const NodeAttention &attention, const QPalette &palette)
{
    const QColor base = palette.color(QPalette::Base);
    const QColor text = palette.color(QPalette::Text);
    QPen pen(blend(base, text, look.isInUse ? 0.75 : 0.4), look.isInUse ? 2.2 : 1.4);
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
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    if (style.zoom >= MarksOnlyZoom) {
        const QPointF end = path.pointAtPercent(1);
        const double back = end.x() > path.pointAtPercent(0.9).x() ? -1 : 1;
        const QPolygonF head{end, end + QPointF(back * 10, -5), end + QPointF(back * 10, 5)};
        painter.setPen(Qt::NoPen);
        painter.setBrush(pen.color());
        painter.drawPolygon(head);
    }
    if (style.zoom >= FewWordsZoom || look.isBroken) {
        drawPlug(painter, path.pointAtPercent(0.5), look, style.palette, pen.color());
    }
    painter.restore();
}

} // namespace Bulkhead
