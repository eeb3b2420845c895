// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/arrangement.h"
#include "manager/topology/nodelook.h"

#include <QGraphicsItem>

namespace Bulkhead
{

/// A node as it is drawn. Holds values only; the scene tells it what to show.
class NodeItem : public QGraphicsItem
{
public:
    enum { Type = UserType + 1 };

    explicit NodeItem(QString node);

    [[nodiscard]] int type() const override
    {
        return Type;
    }

    /// The picture's name of it: a qube's, a stack's or the outside's.
    [[nodiscard]] const QString &node() const
    {
        return m_node;
    }

    [[nodiscard]] const NodeLook &look() const
    {
        return m_look;
    }

    [[nodiscard]] const NodeAttention &attention() const
    {
        return m_attention;
    }

    void setLook(const NodeLook &look);
    void setAttention(const NodeAttention &attention);

    /// Its box, without rings and badges around it.
    [[nodiscard]] static QRectF box();
    /// Where a link can be drawn from, at the side that faces the outside; in the item's own coordinates.
    [[nodiscard]] QRectF handle() const;
    void setArrangement(const Arrangement &arrangement);

    [[nodiscard]] QRectF boundingRect() const override;
    [[nodiscard]] QPainterPath shape() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    QString m_node;
    NodeLook m_look;
    NodeAttention m_attention;
    Arrangement m_arrangement;
};

/// A link as it is drawn, from the client's node to the net qube's.
class LinkItem : public QGraphicsItem
{
public:
    enum { Type = UserType + 2 };

    LinkItem(QString client, LinkLook::Way way);

    [[nodiscard]] int type() const override
    {
        return Type;
    }

    /// The qube whose link it is; a stack's name for all of its.
    [[nodiscard]] const QString &client() const
    {
        return m_client;
    }

    [[nodiscard]] const LinkLook &look() const
    {
        return m_look;
    }

    [[nodiscard]] const NodeAttention &attention() const
    {
        return m_attention;
    }

    [[nodiscard]] const QString &target() const
    {
        return m_target;
    }

    void setLook(const LinkLook &look);
    void setAttention(const NodeAttention &attention);
    /// @param from, to  middles of the two nodes, in the scene
    void setEnds(const QString &target, QPointF from, QPointF to, const Arrangement &arrangement);

    [[nodiscard]] const QPainterPath &path() const
    {
        return m_path;
    }

    [[nodiscard]] QPointF plug() const;
    [[nodiscard]] QPointF end() const;

    [[nodiscard]] QRectF boundingRect() const override;
    [[nodiscard]] QPainterPath shape() const override; ///< broad enough to be hit: 24 px at zoom 100 %
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    QString m_client;
    QString m_target;
    LinkLook m_look;
    NodeAttention m_attention;
    QPainterPath m_path;
};

} // namespace Bulkhead
