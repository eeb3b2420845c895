// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/nodelook.h"

#include "manager/delegates/contrast.h"
#include "manager/topology/picturecolors.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr double corner = 8;
constexpr double markSize = 24;
constexpr double inset = 10;
constexpr double badgeSize = 18;
/// Letters that are read with ease, in device pixels; and how high they may get inside a node that has room for other
/// words, and in one that shows its name alone.
constexpr double easyLetters = 11;
constexpr double highestLetters = 30;
constexpr double highestAlone = 44;
/// Smallest letters that can still be read, in device pixels. A name whose two lines would be smaller is cut instead.
constexpr double leastLetters = 7.5;
/// How much of a line letters may fill.
constexpr double lineShare = 0.92;

QColor stateColor(const NodeLook &look)
{
    if (look.isBusy) {
        return schemeColor(KColorScheme::NeutralText);
    }
    switch (look.state) {
    case QubeState::Running:
        return schemeColor(KColorScheme::PositiveText);
    case QubeState::Starting:
    case QubeState::ShuttingDown:
    case QubeState::Paused:
    case QubeState::Suspended:
        return schemeColor(KColorScheme::NeutralText);
    case QubeState::Crashed:
        return schemeColor(KColorScheme::NegativeText);
    case QubeState::Halted:
    case QubeState::NotApplicable:
    case QubeState::Unknown:
        return schemeColor(KColorScheme::InactiveText);
    }
    return schemeColor(KColorScheme::NormalText);
}

/// A square at the area's start edge in reading direction, `from` units in.
QRectF squareAt(const QRectF &area, double from, double size, Qt::LayoutDirection direction)
{
    const double left = direction == Qt::RightToLeft ? area.right() - from - size : area.left() + from;
    return {left, area.center().y() - size / 2, size, size};
}

void drawShape(QPainter &painter, const QRectF &area, const QPainterPath &shape, const QColor &color)
{
    painter.save();
    painter.translate(area.topLeft());
    painter.scale(area.width(), area.height());
    painter.fillPath(shape, color);
    painter.restore();
}

void drawBox(QPainter &painter,
             const QRectF &area,
             const NodeLook &look,
             const NodeAttention &attention,
             const QPalette &palette)
{
    const bool isHollow = look.kind == NodeLook::Kind::Qube && !isUp(look.state);
    const QColor base = palette.color(QPalette::Base);
    const QColor text = palette.color(QPalette::Text);
    const QColor fill = attention.isSelected ? blend(base, palette.color(QPalette::Highlight), 0.25)
        : isHollow                           ? base
                                             : blend(base, text, 0.06);
    QPen outline(attention.isSelected ? palette.color(QPalette::Highlight) : blend(base, text, 0.45),
                 attention.isSelected ? 2.5 : 1.2);
    if (isHollow) {
        outline.setStyle(Qt::DashLine);
    }
    if (look.kind == NodeLook::Kind::Stack) { // two more sheets behind
        painter.setPen(outline);
        painter.setBrush(base);
        painter.drawRoundedRect(area.translated(4, 4), corner, corner);
        painter.drawRoundedRect(area.translated(2, 2), corner, corner);
    }
    painter.setPen(outline);
    painter.setBrush(fill);
    painter.drawRoundedRect(area, look.kind == NodeLook::Kind::Outside ? area.height() / 2 : corner, corner * 2);
}

/// What a place is worth while something is dragged: outline and symbol, not colour alone (spec ui 7.5).
void drawFit(QPainter &painter, const QRectF &area, Fit fit, bool isUnderDrag, Qt::LayoutDirection direction)
{
    if (fit == Fit::No && !isUnderDrag) {
        return;
    }
    const QColor color = schemeColor(fit == Fit::No           ? KColorScheme::NegativeText
                                         : fit == Fit::Beware ? KColorScheme::NeutralText
                                                              : KColorScheme::PositiveText);
    const QRectF ring = area.adjusted(-5, -5, 5, 5);
    painter.setBrush(Qt::NoBrush);
    if (fit != Fit::No) {
        painter.setPen(QPen(color, isUnderDrag ? 4 : 2));
        painter.drawRoundedRect(ring, corner + 4, corner + 4);
    }
    if (fit == Fit::Beware) { // a double ring
        painter.drawRoundedRect(ring.adjusted(-5, -5, 5, 5), corner + 8, corner + 8);
    }
    QRectF sign(0, 0, badgeSize, badgeSize);
    sign.moveCenter(direction == Qt::RightToLeft ? area.topLeft() : area.topRight());
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(sign);
    const QPen pen(textColorOn(color), 2.2);
    painter.setPen(pen);
    const QPointF middle = sign.center();
    switch (fit) {
    case Fit::Fits: // plus
        painter.drawLine(middle - QPointF(5, 0), middle + QPointF(5, 0));
        painter.drawLine(middle - QPointF(0, 5), middle + QPointF(0, 5));
        break;
    case Fit::AfterStart: // a clock's hands
        painter.drawLine(middle, middle - QPointF(0, 6));
        painter.drawLine(middle, middle + QPointF(4, 0));
        break;
    case Fit::Asks: { // question
        QFont letter = painter.font();
        letter.setBold(true);
        letter.setPixelSize(badgeSize - 6);
        painter.setFont(letter);
        painter.drawText(sign, Qt::AlignCenter, u"?"_s);
        break;
    }
    case Fit::Beware: // exclamation
        painter.drawLine(middle - QPointF(0, 6), middle + QPointF(0, 1));
        painter.drawPoint(middle + QPointF(0, 5));
        break;
    case Fit::No: // no entry
        painter.drawLine(middle - QPointF(5, 0), middle + QPointF(5, 0));
        break;
    }
}

void drawWarnings(
    QPainter &painter, const QRectF &area, const NodeLook &look, const QFont &font, Qt::LayoutDirection direction)
{
    QRectF sign(0, 0, badgeSize + 4, badgeSize);
    sign.moveCenter(direction == Qt::RightToLeft ? area.topLeft() + QPointF(6, 0) : area.topRight() - QPointF(6, 0));
    QPainterPath triangle;
    triangle.moveTo(sign.center().x(), sign.top() - 2);
    triangle.lineTo(sign.right(), sign.bottom());
    triangle.lineTo(sign.left(), sign.bottom());
    triangle.closeSubpath();
    const QColor color = schemeColor(KColorScheme::NegativeText);
    painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(color);
    painter.drawPath(triangle);
    QFont small = font;
    small.setBold(true);
    small.setPixelSize(12);
    painter.setFont(small);
    painter.setPen(textColorOn(color));
    painter.drawText(sign.adjusted(0, 3, 0, 1), Qt::AlignCenter, QString::number(look.warnings));
}

void drawLetters(QPainter &painter,
                 const QRectF &area,
                 const QString &text,
                 const QFont &font,
                 Qt::Alignment alignment,
                 Qt::TextElideMode elide)
{
    painter.setFont(font);
    painter.drawText(area,
                     static_cast<int>(alignment) | Qt::TextSingleLine,
                     QFontMetricsF(font).elidedText(text, elide, area.width()));
}

/// The name as large as it must be to be read at this zoom, as long as it stays inside its node.
QFont nameFont(const QFont &font, double zoom)
{
    QFont bold = font;
    bold.setBold(true);
    const double usual = QFontMetricsF(font).height() * 0.8;
    const double highest = zoom < FewWordsZoom ? highestAlone : highestLetters;
    bold.setPixelSize(static_cast<int>(std::clamp(easyLetters / zoom, usual, std::max(usual, highest))));
    return bold;
}

/// The outside's name over two lines where one is too short, and its short name where two are.
void drawOutside(QPainter &painter, const QRectF &words, const NodeLook &look, const QFont &font)
{
    const QFontMetricsF letters(font);
    const auto flags = static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap;
    const QRectF needed = letters.boundingRect(words, flags, look.name);
    const bool isInside = needed.width() <= words.width() && needed.height() <= words.height();
    if (isInside) {
        painter.setFont(font);
        painter.drawText(words, flags, look.name);
    } else {
        drawLetters(painter, words, look.second, font, Qt::AlignCenter, Qt::ElideMiddle);
    }
}

/// A long name over two lines, broken after a hyphen or the like where that fits; the second line is elided if need be.
QStringList twoLines(const QString &name, const QFontMetricsF &letters, double width)
{
    qsizetype best = 0;
    for (qsizetype at = 1; at < name.size(); ++at) {
        const bool isBreak = name.at(at - 1) == u'-' || name.at(at - 1) == u'_' || name.at(at - 1) == u'.';
        if (!isBreak || letters.horizontalAdvance(name.first(at)) > width) {
            continue;
        }
        const bool isCloserToMiddle = std::abs(2 * at - name.size()) < std::abs(2 * best - name.size());
        if (best == 0 || isCloserToMiddle) {
            best = at;
        }
    }
    if (best == 0 || letters.horizontalAdvance(name.sliced(best)) > width) {
        qsizetype longest = 1; // as much as there is room for
        while (longest < name.size() && letters.horizontalAdvance(name.first(longest + 1)) <= width) {
            ++longest;
        }
        best = std::max(best, longest);
    }
    return {name.first(best), letters.elidedText(name.sliced(best), Qt::ElideMiddle, width)};
}

double lineOfTwo(const QRectF &words)
{
    return words.height() / 2 - 1;
}

void drawTwoLines(QPainter &painter, const QRectF &words, const QString &name, QFont font, Qt::Alignment start)
{
    const double line = lineOfTwo(words);
    if (QFontMetricsF(font).height() > line) {
        font.setPixelSize(std::max(1, static_cast<int>(line * lineShare)));
    }
    painter.setFont(font);
    const QStringList lines = twoLines(name, QFontMetricsF(font), words.width());
    const auto flags = static_cast<int>(start | Qt::AlignVCenter) | Qt::TextSingleLine;
    painter.drawText(QRectF(words.left(), words.center().y() - line, words.width(), line), flags, lines.first());
    painter.drawText(QRectF(words.left(), words.center().y(), words.width(), line), flags, lines.last());
}

/// The state's symbol at the end of a node whose name leaves no room for its word.
QRectF drawStateAtEnd(QPainter &painter, const QRectF &words, const NodeLook &look, Qt::LayoutDirection direction)
{
    constexpr double size = 10;
    QRectF symbol(0, words.center().y() - size / 2, size, size);
    symbol.moveLeft(direction == Qt::RightToLeft ? words.left() : words.right() - size);
    drawShape(painter, symbol, stateShape(look.state, look.isBusy), stateColor(look));
    return direction == Qt::RightToLeft ? words.adjusted(size + 4, 0, 0, 0) : words.adjusted(0, 0, -size - 4, 0);
}

void drawWords(QPainter &painter, const QRectF &area, const NodeLook &look, const PictureStyle &style)
{
    const Qt::Alignment start = style.direction == Qt::RightToLeft ? Qt::AlignRight : Qt::AlignLeft;
    const double before = 2 * inset + markSize - 4;
    QRectF words =
        style.direction == Qt::RightToLeft ? area.adjusted(inset, 0, -before, 0) : area.adjusted(before, 0, -inset, 0);
    const QFont bold = nameFont(style.font, style.zoom);
    painter.setPen(style.palette.color(QPalette::Text));
    if (look.kind == NodeLook::Kind::Outside) {
        drawOutside(painter, area.adjusted(inset, 0, -inset, 0), look, bold);
        return;
    }
    const double lines = QFontMetricsF(bold).height() + QFontMetricsF(style.font).height();
    const bool isTwoLinesRead = lineOfTwo(words) * lineShare * style.zoom >= leastLetters;
    if (look.kind == NodeLook::Kind::Qube && isTwoLinesRead
        && QFontMetricsF(bold).horizontalAdvance(look.name) > words.width()) {
        if (style.zoom >= FewWordsZoom) {
            words = drawStateAtEnd(painter, words, look, style.direction);
        }
        painter.setPen(style.palette.color(QPalette::Text));
        drawTwoLines(painter, words, look.name, bold, start);
        return;
    }
    if (style.zoom < FewWordsZoom || look.second.isEmpty() || lines > area.height() + 4) {
        drawLetters(painter, words, look.name, bold, start | Qt::AlignVCenter, Qt::ElideMiddle);
        return;
    }
    QRectF upper = words;
    upper.setBottom(area.top() + area.height() * 0.55);
    drawLetters(painter, upper, look.name, bold, start | Qt::AlignBottom, Qt::ElideMiddle);
    QRectF lower = words;
    lower.setTop(upper.bottom());
    if (look.kind == NodeLook::Kind::Qube) {
        const double size = 10;
        const QRectF symbol = squareAt(lower, 0, size, style.direction);
        drawShape(painter, symbol, stateShape(look.state, look.isBusy), stateColor(look));
        lower =
            style.direction == Qt::RightToLeft ? lower.adjusted(0, 0, -size - 5, 0) : lower.adjusted(size + 5, 0, 0, 0);
    }
    QFont plain = style.font;
    plain.setItalic(look.isBusy);
    QColor quiet = style.palette.color(QPalette::Text);
    quiet.setAlphaF(0.75F);
    painter.setPen(quiet);
    drawLetters(painter, lower, look.second, plain, start | Qt::AlignVCenter, Qt::ElideRight);
}

void drawMarks(QPainter &painter, const QRectF &area, const NodeLook &look, Qt::LayoutDirection direction, double zoom)
{
    const bool isLarge = zoom < MarksOnlyZoom;
    const double size = isLarge ? area.height() - 6 : markSize;
    if (look.kind == NodeLook::Kind::Stack) {
        const double small = isLarge ? size : 16;
        for (qsizetype i = std::min<qsizetype>(look.marks.size(), 3); i-- > 0;) {
            const QRectF at = squareAt(area, inset - 2 + static_cast<double>(i) * 6, small, direction);
            drawMark(painter, at, look.marks.at(i), direction);
        }
        return;
    }
    QRectF at = squareAt(area, inset, size, direction);
    if (isLarge) {
        at.moveCenter(area.center());
    }
    drawMark(painter, at, look.mark, direction);
}

} // namespace

QPainterPath stateShape(QubeState state, bool isBusy)
{
    QPainterPath path;
    path.setFillRule(Qt::OddEvenFill);
    if (isBusy || state == QubeState::Starting || state == QubeState::ShuttingDown) { // three dots
        for (const double x : {0.02, 0.38, 0.74}) {
            path.addEllipse(QRectF(x, 0.36, 0.26, 0.26));
        }
        return path;
    }
    switch (state) {
    case QubeState::Running:
        path.moveTo(0.1, 0);
        path.lineTo(1, 0.5);
        path.lineTo(0.1, 1);
        path.closeSubpath();
        break;
    case QubeState::Paused:
    case QubeState::Suspended:
        path.addRect(QRectF(0.1, 0.05, 0.28, 0.9));
        path.addRect(QRectF(0.62, 0.05, 0.28, 0.9));
        break;
    case QubeState::Crashed:
        for (const double turn : {1.0, -1.0}) {
            path.moveTo(0.5 - turn * 0.5, 0.12);
            path.lineTo(0.5 - turn * 0.38, 0);
            path.lineTo(0.5 + turn * 0.5, 0.88);
            path.lineTo(0.5 + turn * 0.38, 1);
            path.closeSubpath();
        }
        path.setFillRule(Qt::WindingFill);
        break;
    case QubeState::Halted: // a hollow square
        path.addRect(QRectF(0.08, 0.08, 0.84, 0.84));
        path.addRect(QRectF(0.26, 0.26, 0.48, 0.48));
        break;
    case QubeState::NotApplicable:
    case QubeState::Unknown:
        path.addEllipse(QRectF(0.05, 0.05, 0.9, 0.9));
        path.addEllipse(QRectF(0.24, 0.24, 0.52, 0.52));
        break;
    case QubeState::Starting:
    case QubeState::ShuttingDown:
        break;
    }
    return path;
}

void drawNode(QPainter &painter,
              const QRectF &area,
              const NodeLook &look,
              const NodeAttention &attention,
              const PictureStyle &style)
{
    painter.save();
    const bool isUnfit = attention.fit == Fit::No && !attention.isUnderDrag;
    painter.setOpacity(painter.opacity() * (attention.isDimmed || isUnfit ? DimmedOpacity : 1));
    drawBox(painter, area, look, attention, style.palette);
    if (look.kind != NodeLook::Kind::Outside) {
        drawMarks(painter, area, look, style.direction, style.zoom);
    }
    if (style.zoom >= MarksOnlyZoom) {
        drawWords(painter, area, look, style);
    }
    if (look.isPinned) {
        QRectF pin(0, 0, 8, 8);
        pin.moveCenter(style.direction == Qt::RightToLeft ? area.topRight() : area.topLeft());
        painter.setPen(QPen(style.palette.color(QPalette::Text), 1.5));
        painter.setBrush(style.palette.color(QPalette::Base));
        painter.drawEllipse(pin);
        painter.drawLine(pin.center(), pin.center() + QPointF(0, 9));
    }
    if (look.warnings > 0) {
        drawWarnings(painter, area, look, style.font, style.direction);
    }
    if (attention.isCurrent) { // a double outline, seen on any fill
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(style.palette.color(QPalette::Base), 4));
        painter.drawRoundedRect(area.adjusted(-3, -3, 3, 3), corner + 3, corner + 3);
        painter.setPen(QPen(style.palette.color(QPalette::Text), 2));
        painter.drawRoundedRect(area.adjusted(-3, -3, 3, 3), corner + 3, corner + 3);
    }
    if (attention.fit) {
        drawFit(painter, area, *attention.fit, attention.isUnderDrag, style.direction);
    }
    painter.restore();
}

} // namespace Bulkhead
