// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/nodeitem.h"

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

constexpr double ringRoom = 18; ///< around a box, for rings and badges
constexpr double hitWidth = 24;
constexpr double handleSize = 24;

PictureStyle styleOf(const QGraphicsScene *scene, const QPainter *painter, bool isMirrored)
{
    return {.palette = scene != nullptr ? scene->palette() : QGuiApplication::palette(),
            .font = scene != nullptr ? scene->font() : QGuiApplication::font(),
            .direction = isMirrored ? Qt::RightToLeft : Qt::LeftToRight,
            .zoom = QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform())};
}

} // namespace

NodeItem::NodeItem(QString node)
    : m_node(std::move(node))
{
    setZValue(1);
    setAcceptHoverEvents(true);
}

void NodeItem::setLook(const NodeLook &look)
{
    if (m_look != look) {
        m_look = look;
        update();
    }
}

void NodeItem::setAttention(const NodeAttention &attention)
{
    if (m_attention != attention) {
        m_attention = attention;
        setZValue(attention.isSelected || attention.isUnderDrag ? 2 : 1);
        update();
    }
}

QRectF NodeItem::box()
{
    return {-NodeWidth / 2, -NodeHeight / 2, NodeWidth, NodeHeight};
}

QRectF NodeItem::handle() const
{
    QRectF area(0, 0, handleSize, handleSize);
    area.moveCenter(m_arrangement.outwards());
    return area;
}

void NodeItem::setArrangement(const Arrangement &arrangement)
{
    m_arrangement = arrangement;
    update();
}

QRectF NodeItem::boundingRect() const
{
    return box().adjusted(-ringRoom, -ringRoom, ringRoom, ringRoom);
}

QPainterPath NodeItem::shape() const
{
    QPainterPath path;
    path.addRect(box());
    return path;
}

void NodeItem::paint(QPainter *painter, const QStyleOptionGraphicsItem * /*option*/, QWidget * /*widget*/)
{
    drawNode(*painter, box(), m_look, m_attention, styleOf(scene(), painter, m_arrangement.isMirrored));
}

LinkItem::LinkItem(QString client, LinkLook::Way way)
    : m_client(std::move(client))
{
    m_look.way = way;
    setZValue(way == LinkLook::Way::Wanted ? 0.5 : 0);
}

void LinkItem::setLook(const LinkLook &look)
{
    if (m_look != look) {
        m_look = look;
        update();
    }
}

void LinkItem::setAttention(const NodeAttention &attention)
{
    if (m_attention != attention) {
        m_attention = attention;
        update();
    }
}

void LinkItem::setEnds(const QString &target, QPointF from, QPointF to, const Arrangement &arrangement)
{
    m_target = target;
    QPainterPath path = linkPath(from, to, arrangement);
    if (path != m_path) {
        prepareGeometryChange();
        m_path = std::move(path);
    }
}

QPointF LinkItem::plug() const
{
    return m_path.pointAtPercent(0.5);
}

QPointF LinkItem::end() const
{
    return m_path.pointAtPercent(1);
}

QRectF LinkItem::boundingRect() const
{
    return m_path.boundingRect().adjusted(-hitWidth / 2, -hitWidth / 2, hitWidth / 2, hitWidth / 2);
}

QPainterPath LinkItem::shape() const
{
    QPainterPathStroker stroker;
    stroker.setWidth(hitWidth);
    return stroker.createStroke(m_path);
}

void LinkItem::paint(QPainter *painter, const QStyleOptionGraphicsItem * /*option*/, QWidget * /*widget*/)
{
    drawLink(*painter, m_path, m_look, m_attention, styleOf(scene(), painter, false));
}

} // namespace Bulkhead
