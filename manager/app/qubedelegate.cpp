// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/qubedelegate.h"

#include "manager/delegates/labelmark.h"
#include "manager/models/qubemodel.h"

#include <KColorScheme>
#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace Bulkhead
{

namespace
{

constexpr int comfortableHeight = 34;
constexpr int padding = 8;
constexpr int stateIconSize = 16;
/// A header keeps this much more distance from its edge than a cell does.
constexpr int headerInset = 3;

KColorScheme::ForegroundRole colorRole(QubeState state)
{
    switch (state) {
    case QubeState::Running:
        return KColorScheme::PositiveText;
    case QubeState::Starting:
    case QubeState::ShuttingDown:
    case QubeState::Paused:
    case QubeState::Suspended:
        return KColorScheme::NeutralText;
    case QubeState::Crashed:
        return KColorScheme::NegativeText;
    case QubeState::Halted:
    case QubeState::NotApplicable:
    case QubeState::Unknown:
        return KColorScheme::InactiveText;
    }
    return KColorScheme::NormalText;
}

QIcon tinted(const QIcon &icon, const QColor &color, double devicePixelRatio)
{
    QPixmap pixmap = icon.pixmap(QSize(stateIconSize, stateIconSize), devicePixelRatio);
    QPainter painter(&pixmap);
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(pixmap.rect(), color);
    painter.end();
    QIcon result(pixmap);
    result.addPixmap(pixmap, QIcon::Selected); // no second tint by the style
    return result;
}

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
    if (index.column() == QubeModel::State) {
        const bool isBusy = index.data(QubeModel::BusyRole).toBool();
        option->font.setItalic(isBusy);
        const QubeState state = isBusy ? QubeState::Starting : index.data(QubeModel::QubeRole).value<QubeInfo>().state;
        const bool isSelected = option->state.testFlag(QStyle::State_Selected);
        const KColorScheme scheme(QPalette::Active, isSelected ? KColorScheme::Selection : KColorScheme::View);
        const QColor color =
            isSelected ? option->palette.color(QPalette::HighlightedText) : scheme.foreground(colorRole(state)).color();
        option->icon = tinted(option->icon, color, option->widget != nullptr ? option->widget->devicePixelRatioF() : 1);
    }
}

void QubeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const double opacity = painter->opacity();
    painter->setOpacity(m_isOld ? opacity * 0.8 : opacity);
    drawCell(painter, option, index);
    painter->setOpacity(opacity);
}

void QubeDelegate::drawCell(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QStyle *style = option.widget != nullptr ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &cell, painter, option.widget);
    cell.state &= ~QStyle::State_MouseOver; // its tint is drawn, and a second one would double it
    cell.rect.adjust(headerInset, 0, -headerInset, 0);
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, option.widget);

    if (index.column() == QubeModel::Name) {
        QRect area(0, 0, MarkSize, MarkSize);
        area.moveCenter(style->subElementRect(QStyle::SE_ItemViewItemDecoration, &cell, option.widget).center());
        drawMark(*painter, area, index.data(QubeModel::MarkRole).value<MarkStyle>(), option.direction);
    }
}

QSize QubeDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(rowHeight(option.fontMetrics));
    size.rwidth() += 2 * padding;
    return size;
}

} // namespace Bulkhead
