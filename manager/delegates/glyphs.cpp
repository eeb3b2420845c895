// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/delegates/glyphs.h"

#include <KLocalizedString>
#include <QPolygonF>
#include <QTransform>

#include <cmath>
#include <numbers>
#include <utility>

namespace Bulkhead
{

namespace
{

/// Corners on a circle around the middle, the first one at the top.
QPolygonF corners(int count, double radius, double innerRadius = 0)
{
    QPolygonF polygon;
    const int steps = innerRadius > 0 ? 2 * count : count;
    for (int i = 0; i < steps; ++i) {
        const double angle = 2 * std::numbers::pi * i / steps;
        const double reach = innerRadius > 0 && i % 2 == 1 ? innerRadius : radius;
        polygon << QPointF(0.5 + reach * std::sin(angle), 0.5 - reach * std::cos(angle));
    }
    return polygon;
}

QPainterPath closed(const QPolygonF &polygon)
{
    QPainterPath path;
    path.addPolygon(polygon);
    path.closeSubpath();
    return path;
}

QPainterPath ellipse(double left, double top, double width, double height)
{
    QPainterPath path;
    path.addEllipse(QRectF(left, top, width, height));
    return path;
}

QPainterPath rectangle(double left, double top, double width, double height)
{
    QPainterPath path;
    path.addRect(QRectF(left, top, width, height));
    return path;
}

QPainterPath plus()
{
    return rectangle(0.36, 0.02, 0.28, 0.96).united(rectangle(0.02, 0.36, 0.96, 0.28));
}

QPainterPath turned(const QPainterPath &path, double degrees)
{
    return QTransform().translate(0.5, 0.5).rotate(degrees).translate(-0.5, -0.5).map(path);
}

QPainterPath drop()
{
    QPainterPath path(QPointF(0.5, 0.0));
    path.cubicTo(QPointF(0.62, 0.25), QPointF(0.86, 0.42), QPointF(0.86, 0.66));
    path.cubicTo(QPointF(0.86, 1.11), QPointF(0.14, 1.11), QPointF(0.14, 0.66));
    path.cubicTo(QPointF(0.14, 0.42), QPointF(0.38, 0.25), QPointF(0.5, 0.0));
    return path;
}

QPainterPath halfDisc()
{
    QPainterPath path;
    path.moveTo(1.0, 0.75);
    path.arcTo(QRectF(0, 0.25, 1, 1), 0, 180);
    path.closeSubpath();
    return path;
}

QPainterPath shield(double inset)
{
    QPainterPath path(QPointF(0.5, inset));
    path.lineTo(0.92 - inset, 0.14 + inset / 2);
    path.lineTo(0.92 - inset, 0.5);
    path.quadTo(QPointF(0.88 - inset, 0.84 - inset), QPointF(0.5, 1.0 - 1.2 * inset));
    path.quadTo(QPointF(0.12 + inset, 0.84 - inset), QPointF(0.08 + inset, 0.5));
    path.lineTo(0.08 + inset, 0.14 + inset / 2);
    path.closeSubpath();
    return path;
}

QPainterPath wave(double top)
{
    constexpr double thickness = 0.2;
    QPainterPath path(QPointF(0.0, top + 0.12));
    path.cubicTo(QPointF(0.25, top - 0.2), QPointF(0.35, top - 0.12), QPointF(0.5, top + 0.06));
    path.cubicTo(QPointF(0.65, top + 0.24), QPointF(0.78, top + 0.22), QPointF(1.0, top));
    path.lineTo(1.0, top + thickness);
    path.cubicTo(QPointF(0.78, top + 0.22 + thickness),
                 QPointF(0.65, top + 0.24 + thickness),
                 QPointF(0.5, top + 0.06 + thickness));
    path.cubicTo(QPointF(0.35, top - 0.12 + thickness),
                 QPointF(0.25, top - 0.2 + thickness),
                 QPointF(0.0, top + 0.12 + thickness));
    path.closeSubpath();
    return path;
}

} // namespace

Glyph glyphForLabel(std::uint32_t labelIndex)
{
    const std::uint32_t place = labelIndex == 0 ? 0 : (labelIndex - 1) % GlyphCount;
    return static_cast<Glyph>(place);
}

QPainterPath glyphPath(Glyph glyph)
{
    switch (glyph) {
    case Glyph::Circle:
        return ellipse(0.04, 0.04, 0.92, 0.92);
    case Glyph::Square:
        return rectangle(0.1, 0.1, 0.8, 0.8);
    case Glyph::TriangleUp:
        return closed({QPointF(0.5, 0.02), QPointF(1.0, 0.94), QPointF(0.0, 0.94)});
    case Glyph::Diamond:
        return closed(corners(4, 0.52));
    case Glyph::Hexagon:
        return turned(closed(corners(6, 0.52)), 30);
    case Glyph::Star:
        return closed(corners(5, 0.54, 0.22));
    case Glyph::Plus:
        return plus();
    case Glyph::Ring:
        return ellipse(0.02, 0.02, 0.96, 0.96).subtracted(ellipse(0.27, 0.27, 0.46, 0.46));
    case Glyph::Drop:
        return drop();
    case Glyph::HalfDisc:
        return halfDisc();
    case Glyph::Bar:
        return rectangle(0.02, 0.34, 0.96, 0.32);
    case Glyph::ArrowRight:
        return closed({QPointF(0.0, 0.36),
                       QPointF(0.5, 0.36),
                       QPointF(0.5, 0.06),
                       QPointF(1.0, 0.5),
                       QPointF(0.5, 0.94),
                       QPointF(0.5, 0.64),
                       QPointF(0.0, 0.64)});
    case Glyph::Cross:
        return turned(plus(), 45);
    case Glyph::ShieldOutline:
        return shield(0.0).subtracted(shield(0.17));
    case Glyph::Waves:
        return wave(0.18).united(wave(0.6));
    case Glyph::DotPair:
        return ellipse(0.0, 0.28, 0.44, 0.44).united(ellipse(0.56, 0.28, 0.44, 0.44));
    }
    std::unreachable();
}

QString glyphName(Glyph glyph)
{
    switch (glyph) {
    case Glyph::Circle:
        return i18nc("a label's shape", "circle");
    case Glyph::Square:
        return i18nc("a label's shape", "square");
    case Glyph::TriangleUp:
        return i18nc("a label's shape", "triangle");
    case Glyph::Diamond:
        return i18nc("a label's shape", "diamond");
    case Glyph::Hexagon:
        return i18nc("a label's shape", "hexagon");
    case Glyph::Star:
        return i18nc("a label's shape", "star");
    case Glyph::Plus:
        return i18nc("a label's shape", "plus");
    case Glyph::Ring:
        return i18nc("a label's shape", "ring");
    case Glyph::Drop:
        return i18nc("a label's shape", "drop");
    case Glyph::HalfDisc:
        return i18nc("a label's shape", "half disc");
    case Glyph::Bar:
        return i18nc("a label's shape", "bar");
    case Glyph::ArrowRight:
        return i18nc("a label's shape", "arrow");
    case Glyph::Cross:
        return i18nc("a label's shape", "cross");
    case Glyph::ShieldOutline:
        return i18nc("a label's shape", "shield");
    case Glyph::Waves:
        return i18nc("a label's shape", "waves");
    case Glyph::DotPair:
        return i18nc("a label's shape", "two dots");
    }
    std::unreachable();
}

} // namespace Bulkhead
