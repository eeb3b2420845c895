// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/delegates/labelmark.h"

#include "manager/delegates/contrast.h"

#include <QGuiApplication>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace Bulkhead
{

namespace
{

/// Below this size a badge would be a blot (spec ui 4: none at 12 px).
constexpr double smallestWithBadge = 16;

QRectF within(const QRectF &area, double left, double top, double width, double height)
{
    return {area.left() + left * area.width(),
            area.top() + top * area.height(),
            width * area.width(),
            height * area.height()};
}

void drawStack(QPainter &painter, const QRectF &area)
{
    for (const double top : {0.18, 0.44, 0.70}) {
        painter.fillRect(within(area, 0.14, top, 0.72, 0.15), painter.pen().color());
    }
}

void drawRing(QPainter &painter, const QRectF &area)
{
    QPen pen(painter.pen().color(), area.width() * 0.15);
    pen.setCapStyle(Qt::FlatCap);
    pen.setDashPattern({1.5, 1.1});
    painter.save();
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(within(area, 0.17, 0.17, 0.66, 0.66));
    painter.restore();
}

void drawPlug(QPainter &painter, const QRectF &area)
{
    const QColor color = painter.pen().color();
    painter.fillRect(within(area, 0.28, 0.12, 0.14, 0.28), color);
    painter.fillRect(within(area, 0.58, 0.12, 0.14, 0.28), color);
    QPainterPath body;
    body.addRoundedRect(within(area, 0.18, 0.36, 0.64, 0.34), area.width() * 0.1, area.height() * 0.1);
    painter.fillPath(body, color);
    painter.fillRect(within(area, 0.43, 0.68, 0.14, 0.22), color);
}

void drawCloud(QPainter &painter, const QRectF &area)
{
    QPainterPath cloud;
    cloud.setFillRule(Qt::WindingFill);
    cloud.addEllipse(within(area, 0.08, 0.42, 0.4, 0.4));
    cloud.addEllipse(within(area, 0.28, 0.22, 0.46, 0.46));
    cloud.addEllipse(within(area, 0.54, 0.42, 0.38, 0.4));
    cloud.addRect(within(area, 0.28, 0.5, 0.46, 0.32));
    painter.fillPath(cloud, painter.pen().color());
}

void drawBadgeSign(QPainter &painter, const QRectF &area, Badge badge)
{
    const QColor color = painter.pen().color();
    switch (badge) {
    case Badge::None:
        return;
    case Badge::Stack:
        drawStack(painter, area);
        return;
    case Badge::Block:
        painter.fillRect(within(area, 0.22, 0.22, 0.56, 0.56), color);
        return;
    case Badge::DashedRing:
        drawRing(painter, area);
        return;
    case Badge::DottedRing: {
        drawRing(painter, area);
        QPainterPath dot;
        dot.addEllipse(within(area, 0.3, 0.3, 0.4, 0.4));
        painter.fillPath(dot, color);
        return;
    }
    case Badge::StackInRing:
        drawRing(painter, area);
        painter.fillRect(within(area, 0.24, 0.32, 0.52, 0.14), color);
        painter.fillRect(within(area, 0.24, 0.54, 0.52, 0.14), color);
        return;
    case Badge::Plug:
        drawPlug(painter, area);
        return;
    case Badge::Shield: {
        const QTransform place =
            QTransform::fromTranslate(area.left() + area.width() * 0.14, area.top() + area.height() * 0.14)
                .scale(area.width() * 0.72, area.height() * 0.72);
        painter.fillPath(place.map(glyphPath(Glyph::ShieldOutline)), color);
        return;
    }
    case Badge::Cloud:
        drawCloud(painter, area);
        return;
    }
}

/// A light disc with a dark sign, so that it is told apart on every fill and every background.
void drawBadge(QPainter &painter, const QRectF &mark, Badge badge, Qt::LayoutDirection direction)
{
    const double size = std::max(10.0, std::round(mark.width() * 0.58));
    const double reach = std::round(mark.width() * 0.1);
    const double left = direction == Qt::LeftToRight ? mark.right() + reach - size : mark.left() - reach;
    const QRectF disc(left, mark.bottom() + reach - size, size, size);
    painter.setPen(QPen(QColor(0, 0, 0, 110), 1));
    painter.setBrush(Qt::white);
    painter.drawEllipse(disc.adjusted(0.5, 0.5, -0.5, -0.5));
    painter.setPen(QColor(0x23, 0x26, 0x29));
    const double inset = size * 0.12;
    drawBadgeSign(painter, disc.adjusted(inset, inset, -inset, -inset), badge);
}

} // namespace

QColor fillOf(const LabelColor &color)
{
    return QColor::fromRgb(0xFF000000U | color.rgb());
}

Badge badgeFor(const QubeInfo &qube)
{
    if (qube.kind != QubeKind::Admin && qube.providesNetwork) {
        return Badge::Plug;
    }
    switch (qube.kind) {
    case QubeKind::Admin:
        return Badge::Shield;
    case QubeKind::Template:
        return Badge::Stack;
    case QubeKind::Standalone:
        return Badge::Block;
    case QubeKind::Disposable:
        return Badge::DashedRing;
    case QubeKind::NamedDisposable:
        return Badge::DottedRing;
    case QubeKind::DisposableTemplate:
        return Badge::StackInRing;
    case QubeKind::Remote:
        return Badge::Cloud;
    case QubeKind::Application:
    case QubeKind::Unknown:
        return Badge::None;
    }
    return Badge::None;
}

MarkStyle markFor(const LabelInfo &label, Badge badge)
{
    return {.fill = fillOf(label.color), .glyph = glyphForLabel(label.index), .badge = badge};
}

void drawMark(QPainter &painter, const QRectF &area, const MarkStyle &style, Qt::LayoutDirection direction)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const bool hasBadge = style.badge != Badge::None && area.width() >= smallestWithBadge;
    // Room for the badge to stand out a little.
    const double inset = area.width() >= smallestWithBadge ? std::max(1.0, std::round(area.width() * 0.05)) : 0;
    const QRectF body = area.adjusted(inset, inset, -inset, -inset);
    const double radius = body.width() * 0.22;

    const QColor ink = textColorOn(style.fill);
    QColor outline = ink;
    outline.setAlphaF(0.4F);
    painter.setBrush(style.fill);
    painter.setPen(Qt::NoPen);
    painter.drawRoundedRect(body, radius, radius);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(outline, 1));
    painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);

    const double share = 0.54;
    const double side = body.width() * share;
    const QPointF corner(body.center().x() - side / 2, body.center().y() - side / 2);
    painter.fillPath(QTransform::fromTranslate(corner.x(), corner.y()).scale(side, side).map(glyphPath(style.glyph)),
                     ink);
    if (hasBadge) {
        drawBadge(painter, body, style.badge, direction);
    }
    painter.restore();
}

QPixmap markPixmap(const MarkStyle &style, int size, double devicePixelRatio)
{
    const int pixels = static_cast<int>(std::ceil(size * devicePixelRatio));
    QPixmap pixmap(pixels, pixels);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    drawMark(painter, QRectF(0, 0, size, size), style, QGuiApplication::layoutDirection());
    return pixmap;
}

QIcon markIcon(const MarkStyle &style)
{
    static constexpr std::array sizes{12, 16, 22, 32, 48, 64};
    QIcon icon;
    for (const int size : sizes) {
        icon.addPixmap(markPixmap(style, size, 1));
        icon.addPixmap(markPixmap(style, size, 2));
    }
    return icon;
}

} // namespace Bulkhead
