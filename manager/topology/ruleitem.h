// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/arrangement.h"
#include "manager/topology/rulelook.h"

#include <QGraphicsItem>

namespace Bulkhead
{

/// An arrow of the policy between two nodes. Holds values only; the scene tells it what to show. Its tool tip says the
/// rule that decides.
class RuleItem : public QGraphicsItem
{
public:
    enum { Type = UserType + 3 };

    RuleItem(QString from, QString to);

    [[nodiscard]] int type() const override
    {
        return Type;
    }

    [[nodiscard]] const QString &from() const
    {
        return m_from;
    }

    [[nodiscard]] const QString &to() const
    {
        return m_to;
    }

    [[nodiscard]] const RuleLook &look() const
    {
        return m_look;
    }

    void setLook(const RuleLook &look);
    /// How much room its sign would like.
    [[nodiscard]] SignWish signWish(bool wantsWord) const;
    void setSign(const SignPlace &place);
    /// What the sign takes, in the scene; empty: it has none.
    [[nodiscard]] QRectF signArea() const;

    /// @param words  plain text, a sentence or a rule a line
    void setWords(const QString &words);

    [[nodiscard]] const QString &words() const
    {
        return m_words;
    }

    /// Beside another arrow between the same nodes, that leads the other way, each has its lane.
    enum class Lane : std::uint8_t { Alone, Upper, Lower };

    /// @param from, to  middles of the two nodes, in the scene
    void setEnds(QPointF from, QPointF to, const Arrangement &arrangement, Lane lane);

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
    QString m_from;
    QString m_to;
    QString m_words;
    RuleLook m_look;
    [[nodiscard]] Policy::Verdict line() const; ///< what the line itself says
    [[nodiscard]] PictureStyle style(double zoom) const;

    QPainterPath m_path;
    bool m_isMirrored = false;
};

} // namespace Bulkhead
