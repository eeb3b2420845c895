// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/arrangement.h"
#include "manager/topology/relations.h"

#include <QGraphicsItem>

namespace Bulkhead
{

/// An arrow of a relation between two nodes. Holds values only; the scene tells it what to show.
class RelationItem : public QGraphicsItem
{
public:
    enum { Type = UserType + 5 };

    explicit RelationItem(Relation relation);

    [[nodiscard]] int type() const override
    {
        return Type;
    }

    [[nodiscard]] Relation relation() const
    {
        return m_relation;
    }

    /// @param words  plain text, a sentence a line
    void setWords(const QString &words);

    [[nodiscard]] const QString &words() const
    {
        return m_words;
    }

    /// @param from, to  middles of the two nodes, in the scene
    void setEnds(QPointF from, QPointF to, const Arrangement &arrangement);

    [[nodiscard]] const QPainterPath &path() const
    {
        return m_path;
    }

    [[nodiscard]] QRectF boundingRect() const override;
    [[nodiscard]] QPainterPath shape() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

protected:
    void hoverEnterEvent(QGraphicsSceneHoverEvent *event) override;
    void hoverLeaveEvent(QGraphicsSceneHoverEvent *event) override;

private:
    Relation m_relation;
    QString m_words;
    QPainterPath m_path;
    bool m_isUnderHand = false;
};

} // namespace Bulkhead
