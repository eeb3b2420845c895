// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/ruleitem.h"

#include "manager/models/untrustedtext.h"

#include <QGraphicsScene>
#include <QGuiApplication>
#include <QPainter>
#include <QPainterPathStroker>
#include <QStyleOptionGraphicsItem>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr double hitWidth = 16;
constexpr double signRoom = 60; ///< half a sign with its word, and a head

/// Where an arrow leaves its node: below the middle, which is the link's.
double shiftOf(RuleItem::Lane lane)
{
    switch (lane) {
    case RuleItem::Lane::Alone:
        return 11;
    case RuleItem::Lane::Upper:
        return -14;
    case RuleItem::Lane::Lower:
        return 16;
    }
    return 0;
}

} // namespace

RuleItem::RuleItem(QString from, QString to)
    : m_from(std::move(from))
    , m_to(std::move(to))
{
    setZValue(0.8); // over links, under nodes: names stay readable
    setAcceptHoverEvents(true);
}

void RuleItem::setLook(const RuleLook &look)
{
    if (m_look != look) {
        m_look = look;
        update();
    }
}

Policy::Verdict RuleItem::line() const
{
    return m_look.forth ? *m_look.forth : m_look.back.value_or(Policy::Verdict::Deny);
}

SignWish RuleItem::signWish(bool wantsWord) const
{
    const QFont font = style(1).font;
    return {.path = m_path,
            .withWord = wantsWord ? signSize(line(), true, font) : QSizeF(),
            .bare = signSize(line(), false, font)};
}

void RuleItem::setSign(const SignPlace &place)
{
    RuleLook look = m_look;
    look.sign = place.share;
    look.hasWord = place.hasWord;
    setLook(look);
}

QRectF RuleItem::signArea() const
{
    return m_look.sign ? Bulkhead::signArea(m_path, *m_look.sign, signSize(line(), m_look.hasWord, style(1).font))
                       : QRectF();
}

PictureStyle RuleItem::style(double zoom) const
{
    return {.palette = scene() != nullptr ? scene()->palette() : QGuiApplication::palette(),
            .font = scene() != nullptr ? scene()->font() : QGuiApplication::font(),
            .direction = m_isMirrored ? Qt::RightToLeft : Qt::LeftToRight,
            .zoom = zoom};
}

void RuleItem::setWords(const QString &words)
{
    if (m_words != words) {
        m_words = words;
        setToolTip(plainToolTip(words));
    }
}

void RuleItem::setEnds(QPointF from, QPointF to, const Arrangement &arrangement, Lane lane)
{
    m_isMirrored = arrangement.isMirrored;
    QPainterPath path = arrowPath(from, to, arrangement, shiftOf(lane));
    if (path != m_path) {
        prepareGeometryChange();
        m_path = std::move(path);
    }
}

QRectF RuleItem::boundingRect() const
{
    return m_path.boundingRect().adjusted(-signRoom, -hitWidth, signRoom, hitWidth);
}

QPainterPath RuleItem::shape() const
{
    QPainterPathStroker stroker;
    stroker.setWidth(hitWidth);
    return stroker.createStroke(m_path);
}

void RuleItem::paint(QPainter *painter, const QStyleOptionGraphicsItem * /*option*/, QWidget * /*widget*/)
{
    drawRule(*painter,
             m_path,
             m_look,
             style(QStyleOptionGraphicsItem::levelOfDetailFromTransform(painter->worldTransform())));
}

void RuleItem::hoverEnterEvent(QGraphicsSceneHoverEvent * /*event*/)
{
    RuleLook look = m_look;
    look.isUnderHand = true;
    setLook(look);
}

void RuleItem::hoverLeaveEvent(QGraphicsSceneHoverEvent * /*event*/)
{
    RuleLook look = m_look;
    look.isUnderHand = false;
    setLook(look);
}

} // namespace Bulkhead
