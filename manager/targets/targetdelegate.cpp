// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/targets/targetdelegate.h"

#include "manager/delegates/labelmark.h"
#include "manager/targets/targetmodel.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace Bulkhead
{

namespace
{

constexpr int markSize = 22;
constexpr int padding = 8;

int textFlags(Qt::Alignment side)
{
    return static_cast<int>((side | Qt::AlignVCenter | Qt::AlignAbsolute).toInt()) | Qt::TextSingleLine;
}

} // namespace

void TargetDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem row = option;
    initStyleOption(&row, index);
    const QStyle *style = option.widget != nullptr ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &row, painter, option.widget);

    const QRect inner = row.rect.adjusted(padding, 0, -padding, 0);
    const auto place = [&](Qt::Alignment side, const QSize &size) {
        return QStyle::alignedRect(row.direction, side | Qt::AlignVCenter, size, inner);
    };
    drawMark(*painter,
             place(Qt::AlignLeft, QSize(markSize, markSize)),
             index.data(TargetModel::MarkRole).value<MarkStyle>(),
             row.direction);

    const bool isSelected = row.state.testFlag(QStyle::State_Selected);
    const QPalette::ColorGroup group = row.state.testFlag(QStyle::State_Active) ? QPalette::Active : QPalette::Inactive;
    const QColor color = row.palette.color(group, isSelected ? QPalette::HighlightedText : QPalette::Text);
    const QString state = index.data(TargetModel::StateRole).toString();
    // One more than it takes: the advance is rounded down, and what does not fit by a fraction is cut short.
    const int stateWidth = std::min(row.fontMetrics.horizontalAdvance(state) + 1, inner.width() / 2);
    const int nameWidth = std::max(0, inner.width() - markSize - stateWidth - 3 * padding);
    const bool isMirrored = row.direction == Qt::RightToLeft;
    const int nameLeft =
        isMirrored ? inner.right() - markSize - padding - nameWidth : inner.left() + markSize + padding;

    painter->save();
    painter->setFont(row.font);
    painter->setPen(color);
    const QRect nameArea(nameLeft, inner.top(), nameWidth, inner.height());
    painter->drawText(nameArea,
                      textFlags(isMirrored ? Qt::AlignRight : Qt::AlignLeft),
                      row.fontMetrics.elidedText(row.text, Qt::ElideMiddle, nameWidth));
    QColor quiet = color;
    quiet.setAlphaF(isSelected ? 0.9F : 0.7F);
    painter->setPen(quiet);
    painter->drawText(place(Qt::AlignRight, QSize(stateWidth, inner.height())),
                      textFlags(isMirrored ? Qt::AlignLeft : Qt::AlignRight),
                      row.fontMetrics.elidedText(state, Qt::ElideRight, stateWidth));
    painter->restore();

    if (row.state.testFlag(QStyle::State_HasFocus)) {
        QStyleOptionFocusRect focus;
        focus.QStyleOption::operator=(row);
        focus.backgroundColor = row.palette.color(group, isSelected ? QPalette::Highlight : QPalette::Base);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, option.widget);
    }
}

QSize TargetDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(std::max(RowHeight, option.fontMetrics.height() + 2 * padding));
    return size;
}

} // namespace Bulkhead
