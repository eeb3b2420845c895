// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/trafficitem.h"

#include "manager/topology/picturecolors.h"
#include "manager/topology/trafficwords.h"

#include <QFontMetricsF>
#include <QGraphicsScene>
#include <QGuiApplication>
#include <QPainter>
#include <QStyleOptionGraphicsItem>

#include <algorithm>
#include <cmath>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr int letterHeight = 11;
constexpr double besideNode = 5; ///< between the client's box and the numbers
constexpr double fromLine = 5;   ///< between the middle of the line and either number: half of the thickest
constexpr double halo = 3;       ///< around letters, so that a line under them does not strike them out
/// No number is wider.
constexpr TrafficRate widest{.sent = 888'000'000, .received = 888'000'000};

} // namespace

TrafficItem::TrafficItem()
{
    setZValue(0.7); // over links, under the policy's arrows and under nodes
    setAcceptedMouseButtons(Qt::NoButton);
}

void TrafficItem::setRate(const TrafficRate &rate)
{
    if (m_rate != rate) {
        m_rate = rate;
        update();
    }
}

void TrafficItem::setDimmed(bool isDimmed)
{
    if (m_isDimmed != isDimmed) {
        m_isDimmed = isDimmed;
        update();
    }
}

void TrafficItem::setPath(const QPainterPath &path)
{
    const QPointF start = path.elementAt(0);
    const QPointF way = path.elementCount() > 1 ? QPointF(path.elementAt(1)) - start : QPointF();
    const double upright = std::abs(way.y()) <= std::abs(way.x()) ? 0 : way.y() > 0 ? 1 : -1;
    const bool isLeft = upright == 0 ? way.x() < 0 : path.currentPosition().x() > start.x();
    const double direction = isLeft ? -1 : 1;
    const Side side = sideBeside(path);
    if (direction != m_direction || side != m_side || upright != m_upright) {
        prepareGeometryChange();
        m_direction = direction;
        m_side = side;
        m_upright = upright;
    }
    setPos(start);
}

TrafficItem::Side TrafficItem::sideBeside(const QPainterPath &path) const
{
    const QPointF start = path.elementAt(0);
    const double rise = path.currentPosition().y() - start.y();
    const double level = path.elementCount() > 1 && path.elementAt(1).isLineTo()
        ? std::abs(path.elementAt(1).x - start.x())
        : 0; // how far it goes straight on
    if (std::abs(rise) < fromLine || level > besideNode + width()) {
        return Side::Both;
    }
    return rise < 0 ? Side::Below : Side::Above;
}

QFont TrafficItem::font() const
{
    QFont small = scene() != nullptr ? scene()->font() : QGuiApplication::font();
    small.setPixelSize(letterHeight);
    return small;
}

double TrafficItem::width() const
{
    const QFontMetricsF letters(font());
    return std::max(letters.horizontalAdvance(sentWords(widest)), letters.horizontalAdvance(receivedWords(widest)));
}

QRectF TrafficItem::boundingRect() const
{
    const double line = QFontMetricsF(font()).height();
    const double wide = width();
    if (m_upright != 0) {
        const double top = m_upright > 0 ? besideNode : -besideNode - 2 * line;
        return QRectF(m_direction > 0 ? fromLine : -fromLine - wide, top, wide, 2 * line)
            .adjusted(-halo, -halo, halo, halo);
    }
    const double left = m_direction > 0 ? besideNode : -besideNode - wide;
    const double above = m_side == Side::Both ? fromLine + line
        : m_side == Side::Above               ? fromLine + 2 * line
                                              : -fromLine;
    const double below = m_side == Side::Both ? fromLine + line
        : m_side == Side::Below               ? fromLine + 2 * line
                                              : -fromLine;
    return QRectF(left, -above, wide, above + below).adjusted(-halo, -halo, halo, halo);
}

QRectF TrafficItem::area() const
{
    return boundingRect().adjusted(halo, halo, -halo, -halo).translated(pos());
}

QPainterPath TrafficItem::shape() const
{
    return {};
}

void TrafficItem::paint(QPainter *painter, const QStyleOptionGraphicsItem * /*option*/, QWidget * /*widget*/)
{
    if (QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform()) < NumbersZoom) {
        return;
    }
    const QPalette palette = scene() != nullptr ? scene()->palette() : QGuiApplication::palette();
    const QColor ground = palette.color(QPalette::Base);
    const QFont letters = font();
    const QFontMetricsF metrics(letters);
    const QRectF room = boundingRect().adjusted(halo, halo, -halo, -halo);
    painter->save();
    painter->setOpacity(painter->opacity() * (m_isDimmed ? DimmedOpacity : 1));
    for (const auto &[words, bottom] :
         {std::pair{sentWords(m_rate), room.top() + metrics.height()}, {receivedWords(m_rate), room.bottom()}}) {
        const double left = m_direction > 0 ? room.left() : room.right() - metrics.horizontalAdvance(words);
        QPainterPath outline;
        outline.addText(QPointF(left, bottom - metrics.descent()), letters, words);
        painter->strokePath(outline, QPen(ground, 2 * halo, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->setFont(letters);
        painter->setPen(blend(ground, palette.color(QPalette::Text), 0.9));
        painter->drawText(QPointF(left, bottom - metrics.descent()), words);
    }
    painter->restore();
}

} // namespace Bulkhead
