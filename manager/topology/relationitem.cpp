// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/relationitem.h"

#include "manager/models/untrustedtext.h"
#include "manager/topology/relationlook.h"

#include <QGraphicsScene>
#include <QGuiApplication>
#include <QPainter>
#include <QPainterPathStroker>
#include <QStyleOptionGraphicsItem>

#include <utility>

namespace Bulkhead
{

namespace
{

constexpr double hitWidth = 16;

/// Beside the middle of a node, which is the link's; each relation at a place of its own, so that none lies on another.
double shiftOf(Relation relation)
{
    switch (relation) {
    case Relation::Template:
        return 12;
    case Relation::DisposableParent:
        return -12;
    case Relation::Device:
        return 18;
    case Relation::SoundAndDisplay:
        return -18;
    case Relation::UpdatePath:
        return -6;
    }
    std::unreachable();
}

} // namespace

RelationItem::RelationItem(Relation relation)
    : m_relation(relation)
{
    setZValue(0.75); // over links, under the policy's arrows and under nodes: names stay readable
    setAcceptHoverEvents(true);
}

void RelationItem::setWords(const QString &words)
{
    if (m_words != words) {
        m_words = words;
        setToolTip(plainToolTip(words));
    }
}

void RelationItem::setEnds(QPointF from, QPointF to, const Arrangement &arrangement)
{
    QPainterPath path = arrowPath(from, to, arrangement, shiftOf(m_relation));
    if (path != m_path) {
        prepareGeometryChange();
        m_path = std::move(path);
    }
}

QRectF RelationItem::boundingRect() const
{
    return m_path.boundingRect().adjusted(-hitWidth, -hitWidth, hitWidth, hitWidth);
}

QPainterPath RelationItem::shape() const
{
    QPainterPathStroker stroker;
    stroker.setWidth(hitWidth);
    return stroker.createStroke(m_path);
}

void RelationItem::paint(QPainter *painter, const QStyleOptionGraphicsItem * /*option*/, QWidget * /*widget*/)
{
    drawRelation(*painter,
                 m_path,
                 m_relation,
                 m_isUnderHand,
                 {.palette = scene() != nullptr ? scene()->palette() : QGuiApplication::palette(),
                  .font = scene() != nullptr ? scene()->font() : QGuiApplication::font(),
                  .direction = Qt::LeftToRight, // there are no words in it
                  .zoom = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform())});
}

void RelationItem::hoverEnterEvent(QGraphicsSceneHoverEvent * /*event*/)
{
    m_isUnderHand = true;
    update();
}

void RelationItem::hoverLeaveEvent(QGraphicsSceneHoverEvent * /*event*/)
{
    m_isUnderHand = false;
    update();
}

} // namespace Bulkhead
