// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/rulelook.h"

#include "manager/delegates/contrast.h"
#include "manager/topology/picturecolors.h"

#include <KLocalizedString>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr double signRadius = 8;
constexpr double headLength = 11;
constexpr double headWidth = 5.5;
constexpr double barWidth = 7;

QColor colorOf(Policy::Verdict verdict)
{
    switch (verdict) {
    case Policy::Verdict::Allow:
        return schemeColor(KColorScheme::PositiveText);
    case Policy::Verdict::Ask:
        return schemeColor(KColorScheme::NeutralText);
    case Policy::Verdict::Deny:
        return schemeColor(KColorScheme::NegativeText);
    }
    return schemeColor(KColorScheme::NegativeText);
}

QPen penOf(Policy::Verdict verdict, bool isUnderHand)
{
    QPen pen(colorOf(verdict), isUnderHand ? 3.2 : 1.8, Qt::SolidLine, Qt::FlatCap);
    if (verdict == Policy::Verdict::Ask) {
        pen.setDashPattern({5, 3});
    } else if (verdict == Policy::Verdict::Deny) {
        pen.setDashPattern({1.2, 2.4});
    }
    return pen;
}

/// At the path's end, or at its beginning for what goes back.
void drawHead(QPainter &painter, const QPainterPath &path, Policy::Verdict verdict, bool isAtEnd, const QColor &ground)
{
    const QPointF tip = path.pointAtPercent(isAtEnd ? 1 : 0);
    const double degrees = path.angleAtPercent(isAtEnd ? 1 : 0); // counted against the clock, as the path runs
    painter.save();
    painter.translate(tip);
    painter.rotate(isAtEnd ? -degrees : 180 - degrees);
    const QColor color = colorOf(verdict);
    if (verdict == Policy::Verdict::Deny) { // it stops before the box
        painter.setPen(QPen(color, 2.6, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(-4, -barWidth), QPointF(-4, barWidth));
    } else {
        painter.setPen(QPen(color, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(verdict == Policy::Verdict::Allow ? color : ground);
        painter.drawPolygon(
            QPolygonF{QPointF(-1, 0), QPointF(-headLength, -headWidth), QPointF(-headLength, headWidth)});
    }
    painter.restore();
}

/// A tick, a question mark, a no-entry sign.
void drawGlyph(QPainter &painter, QPointF at, Policy::Verdict verdict, const PictureStyle &style)
{
    painter.setPen(QPen(textColorOn(colorOf(verdict)), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    switch (verdict) {
    case Policy::Verdict::Allow:
        painter.drawPolyline(QPolygonF{at + QPointF(-4, 0), at + QPointF(-1.2, 3), at + QPointF(4, -3)});
        break;
    case Policy::Verdict::Ask: {
        QFont font = style.font;
        font.setBold(true);
        font.setPixelSize(13);
        painter.setFont(font);
        painter.drawText(QRectF(at.x() - signRadius, at.y() - signRadius, 2 * signRadius, 2 * signRadius),
                         Qt::AlignCenter,
                         i18nc("@info sign for: you are asked", "?"));
        break;
    }
    case Policy::Verdict::Deny:
        painter.drawLine(at - QPointF(4, 0), at + QPointF(4, 0));
        break;
    }
}

QFont wordFont(const QFont &font)
{
    QFont small = font;
    small.setPixelSize(12);
    return small;
}

void drawSign(QPainter &painter, const QRectF &pill, Policy::Verdict verdict, bool hasWord, const PictureStyle &style)
{
    const QColor color = colorOf(verdict);
    painter.setPen(QPen(style.palette.color(QPalette::Base), 2));
    painter.setBrush(color);
    painter.drawRoundedRect(pill, signRadius, signRadius);
    const bool isMirrored = style.direction == Qt::RightToLeft;
    const QPointF glyph(isMirrored ? pill.right() - signRadius : pill.left() + signRadius, pill.center().y());
    drawGlyph(painter, glyph, verdict, style);
    if (hasWord) {
        painter.setFont(wordFont(style.font));
        painter.setPen(textColorOn(color));
        const QRectF room =
            isMirrored ? pill.adjusted(7, 0, -2 * signRadius, 0) : pill.adjusted(2 * signRadius, 0, -7, 0);
        painter.drawText(room, static_cast<int>(Qt::AlignCenter) | Qt::TextSingleLine, verdictWord(verdict));
    }
}

} // namespace

QString verdictWord(Policy::Verdict verdict)
{
    switch (verdict) {
    case Policy::Verdict::Allow:
        return i18nc("@info what the policy says to a call", "allowed");
    case Policy::Verdict::Ask:
        return i18nc("@info what the policy says to a call: the person is asked", "asks you");
    case Policy::Verdict::Deny:
        return i18nc("@info what the policy says to a call", "denied");
    }
    return {};
}

QSizeF signSize(Policy::Verdict verdict, bool hasWord, const QFont &font)
{
    const double word = hasWord ? QFontMetricsF(wordFont(font)).horizontalAdvance(verdictWord(verdict)) + 8 : 0;
    return {2 * signRadius + word, 2 * signRadius};
}

void drawRule(QPainter &painter, const QPainterPath &path, const RuleLook &look, const PictureStyle &style)
{
    if (!look.forth && !look.back) {
        return;
    }
    painter.save();
    painter.setBrush(Qt::NoBrush);
    const Policy::Verdict line = look.forth ? *look.forth : *look.back;
    painter.setPen(penOf(line, look.isUnderHand));
    painter.drawPath(path);
    if (style.zoom >= MarksOnlyZoom) {
        const QColor ground = style.palette.color(QPalette::Base);
        if (look.forth) {
            drawHead(painter, path, *look.forth, true, ground);
        }
        if (look.back) {
            drawHead(painter, path, *look.back, false, ground);
        }
    }
    if (look.sign && style.zoom >= FewWordsZoom) {
        const QRectF pill = signArea(path, *look.sign, signSize(line, look.hasWord, style.font));
        drawSign(painter, pill, line, look.hasWord, style);
    }
    painter.restore();
}

} // namespace Bulkhead
