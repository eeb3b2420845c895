// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/qubedelegate.h"

#include "manager/delegates/labelmark.h"
#include "manager/models/qubemodel.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace Bulkhead
{

namespace
{

constexpr int comfortableHeight = 34;
constexpr int padding = 8;

} // namespace

int QubeDelegate::rowHeight(const QFontMetrics &metrics)
{
    return std::max(comfortableHeight, metrics.height() + 2 * padding);
}

void QubeDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    option->textElideMode = index.column() == QubeModel::Name ? Qt::ElideMiddle : Qt::ElideRight;
    if (index.column() == QubeModel::Name) {
        option->features |= QStyleOptionViewItem::HasDecoration; // the style leaves the room that we draw into
        option->decorationSize = QSize(MarkSize, MarkSize);
        option->icon = QIcon();
    }
    if (index.column() == QubeModel::State && index.data(QubeModel::BusyRole).toBool()) {
        option->font.setItalic(true);
    }
}

void QubeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const double opacity = painter->opacity();
    painter->setOpacity(m_isOld ? opacity * 0.8 : opacity);
    QStyledItemDelegate::paint(painter, option, index);
    drawName(painter, option, index);
    painter->setOpacity(opacity);
}

void QubeDelegate::drawName(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    if (index.column() != QubeModel::Name) {
        return;
    }
    QStyleOptionViewItem filled = option;
    initStyleOption(&filled, index);
    const QStyle *style = option.widget != nullptr ? option.widget->style() : QApplication::style();
    const QRect room = style->subElementRect(QStyle::SE_ItemViewItemDecoration, &filled, option.widget);
    QRect area(0, 0, MarkSize, MarkSize);
    area.moveCenter(room.center());
    drawMark(*painter, area, index.data(QubeModel::MarkRole).value<MarkStyle>(), option.direction);
}

QSize QubeDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(rowHeight(option.fontMetrics));
    size.rwidth() += 2 * padding;
    return size;
}

} // namespace Bulkhead
