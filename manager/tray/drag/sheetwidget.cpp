// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/drag/sheetwidget.h"

#include "manager/tray/drag/dragwords.h"

#include <QPainter>
#include <QStyle>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// Source: spec ui 8.3.3 and 8.4.
constexpr int PossibleBorder = 4;
constexpr int ChosenBorder = 8;
constexpr int Share = 5; ///< one in so many is the sheet's
constexpr int FullAlpha = 255;
constexpr int MarkSize = 32;
constexpr int PlateMargin = 12;
constexpr int SmallestPart = 48;

const QColor RefusedColor(0x77, 0x77, 0x77);

/// Labels differ in the border's pattern, too. The period is 8 px at least (spec ui 4).
QList<qreal> patternOf(Glyph glyph)
{
    switch (static_cast<int>(glyph) % 6) {
    case 1:
        return {6, 2}; // wide dashes
    case 2:
        return {1, 1}; // dots, as wide as the border
    case 3:
        return {8, 1};
    case 4:
        return {3, 3}; // blocks
    case 5:
        return {6, 2, 1, 2};
    default:
        return {};
    }
}

/// A white or black that can be read on it.
QColor inkOn(const QColor &color)
{
    constexpr int Middle = 140;
    return qGray(color.rgb()) < Middle ? Qt::white : Qt::black;
}

} // namespace

SheetWidget::SheetWidget(const DragSheet &sheet, Blending blending)
    : QWidget(nullptr,
              Qt::ToolTip | Qt::FramelessWindowHint | Qt::WindowStaysOnTopHint | Qt::WindowTransparentForInput
                  | Qt::WindowDoesNotAcceptFocus)
    , m_blending(blending)
{
    setObjectName(u"drag.sheet"_s);
    setAttribute(Qt::WA_ShowWithoutActivating);
    setAttribute(Qt::WA_TranslucentBackground, blending == Blending::Full);
    setSheet(sheet);
}

void SheetWidget::setSheet(const DragSheet &sheet)
{
    m_sheet = sheet;
    arrange();
}

void SheetWidget::setUnderPointer(bool under)
{
    if (under != m_isUnderPointer) {
        m_isUnderPointer = under;
        arrange();
    }
}

void SheetWidget::arrange()
{
    setWindowTitle(m_sheet.qube.name + u": "_s + sheetWords(m_sheet));
    setAccessibleName(m_sheet.qube.name);
    setAccessibleDescription(sheetWords(m_sheet));
    setGeometry(m_sheet.rect);
    setMask(shape());
    update();
}

QColor SheetWidget::color() const
{
    return m_sheet.verdict == DragVerdict::Deny ? RefusedColor : m_sheet.qube.mark.fill;
}

int SheetWidget::border() const
{
    return (m_isUnderPointer ? ChosenBorder : PossibleBorder) / (isRow() ? 2 : 1);
}

bool SheetWidget::isRow() const
{
    return m_sheet.rect.height() < SmallestPart;
}

QRect SheetWidget::plate() const
{
    const QRegion parts = m_sheet.parts.translated(-m_sheet.rect.topLeft());
    QRect largest;
    for (const QRect &part : parts) {
        if (part.width() * part.height() > largest.width() * largest.height()) {
            largest = part;
        }
    }
    if (largest.width() < SmallestPart || largest.height() < SmallestPart) {
        return {};
    }
    QFont bold = font();
    bold.setBold(true);
    const int words = std::max(QFontMetrics(bold).horizontalAdvance(m_sheet.qube.name),
                               fontMetrics().horizontalAdvance(sheetWords(m_sheet)));
    const QSize size(words + MarkSize + 3 * PlateMargin,
                     std::max(MarkSize, 2 * fontMetrics().height()) + 2 * PlateMargin);
    QRect rect(QPoint(), size.boundedTo(largest.size()));
    rect.moveCenter(largest.center());
    return rect;
}

QRegion SheetWidget::shape() const
{
    const QRegion parts = m_sheet.parts.translated(-m_sheet.rect.topLeft());
    if (m_blending == Blending::Full) {
        return parts;
    }
    const QRect whole = rect();
    const int width = border();
    QRegion drawn = QRegion(whole) - QRegion(whole.adjusted(width, width, -width, -width));
    for (int row = 0; row < whole.height() && !isRow(); row += Share) {
        drawn += QRect(0, row, whole.width(), 1);
    }
    drawn += plate();
    return drawn & parts;
}

void SheetWidget::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    QColor fill = color();
    fill.setAlpha(m_blending == Blending::Full ? FullAlpha / Share : FullAlpha);
    painter.setCompositionMode(QPainter::CompositionMode_Source);
    painter.fillRect(rect(), fill);
    painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
    paintBorder(painter);
    paintPlate(painter);
}

void SheetWidget::paintBorder(QPainter &painter) const
{
    const int width = border();
    const QRectF middle = QRectF(rect()).adjusted(width / 2.0, width / 2.0, -width / 2.0, -width / 2.0);
    painter.setPen(QPen(inkOn(color()), width, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    painter.drawRect(middle); // behind the gaps of the pattern
    QPen pen(color(), width, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
    if (const auto pattern = patternOf(m_sheet.qube.mark.glyph); !pattern.isEmpty()) {
        pen.setDashPattern(pattern);
    }
    painter.setPen(pen);
    painter.drawRect(middle);
}

void SheetWidget::paintPlate(QPainter &painter) const
{
    const QRect area = plate();
    if (area.isEmpty()) {
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(), 2));
    painter.setBrush(palette().window());
    painter.drawRect(area.adjusted(1, 1, -1, -1));
    const QRect inside = area.adjusted(PlateMargin, PlateMargin, -PlateMargin, -PlateMargin);
    const QRect mark =
        QStyle::alignedRect(layoutDirection(), Qt::AlignLeading | Qt::AlignVCenter, QSize(MarkSize, MarkSize), inside);
    drawMark(painter, mark, m_sheet.qube.mark, layoutDirection());
    QRect words = inside;
    if (layoutDirection() == Qt::LeftToRight) {
        words.setLeft(mark.right() + PlateMargin);
    } else {
        words.setRight(mark.left() - PlateMargin);
    }
    painter.setPen(palette().windowText().color());
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.drawText(
        words.adjusted(0, 0, 0, -words.height() / 2), Qt::AlignLeading | Qt::AlignVCenter, m_sheet.qube.name);
    painter.setFont(font());
    painter.drawText(
        words.adjusted(0, words.height() / 2, 0, 0), Qt::AlignLeading | Qt::AlignVCenter, sheetWords(m_sheet));
}

} // namespace Bulkhead
