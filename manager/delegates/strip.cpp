// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/delegates/strip.h"

#include "manager/delegates/contrast.h"

#include <QFontMetrics>
#include <QGuiApplication>
#include <QPainter>

#include <algorithm>

namespace Bulkhead
{

namespace
{

constexpr int padding = 6;
constexpr int smallestMark = 12;
/// A name has at most 31 characters; what a font makes of them beyond this is cut.
constexpr int widestName = 1024;

QFont boldened(QFont font)
{
    font.setBold(true);
    return font;
}

void drawBadgeWord(QPainter &painter, const QRect &area, const QString &word, const QColor &ink)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(area).adjusted(0.5, 2.5, -0.5, -2.5), 4, 4);
    painter.drawText(area, Qt::AlignCenter, word);
}

} // namespace

int stripHeight(const QFont &font)
{
    return QFontMetrics(boldened(font)).height() + 6;
}

QImage drawStrip(const StripContent &content, const QFont &font)
{
    const QFont bold = boldened(font);
    const QFontMetrics nameMetrics(bold);
    const QFontMetrics badgeMetrics(font);
    const int height = stripHeight(font);
    const int markSize = std::max(smallestMark, height - 4);
    const int wholeName = nameMetrics.horizontalAdvance(content.qube);
    const int nameWidth = std::min(wholeName, widestName);
    // Eliding at exactly the measured width would cut a name that fits.
    const QString nameText =
        wholeName <= widestName ? content.qube : nameMetrics.elidedText(content.qube, Qt::ElideMiddle, nameWidth);
    const int badgeWidth = content.badge.isEmpty() ? 0 : badgeMetrics.horizontalAdvance(content.badge) + 2 * padding;
    const int width = padding + markSize + padding + nameWidth + (badgeWidth > 0 ? padding + badgeWidth : 0) + padding;

    QImage picture(width, height, QImage::Format_RGB32);
    picture.fill(content.mark.fill);
    QPainter painter(&picture);
    const int markTop = (height - markSize) / 2;
    drawMark(painter, QRectF(padding, markTop, markSize, markSize), content.mark, Qt::LeftToRight);

    const QColor ink = textColorOn(content.mark.fill);
    painter.setFont(bold);
    painter.setPen(ink);
    const QRect name(padding + markSize + padding, 0, nameWidth, height);
    painter.drawText(name, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine | Qt::TextDontClip, nameText);
    if (badgeWidth > 0) {
        painter.setFont(font);
        drawBadgeWord(painter, QRect(name.right() + 1 + padding, 0, badgeWidth, height), content.badge, ink);
    }
    return picture;
}

} // namespace Bulkhead
