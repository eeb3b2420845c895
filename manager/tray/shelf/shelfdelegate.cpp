// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/shelf/shelfdelegate.h"

#include "manager/delegates/labelmark.h"
#include "manager/models/qubemodel.h"

#include <QFontDatabase>
#include <QPainter>

namespace Bulkhead
{

namespace
{

constexpr int MarkSize = 32;
constexpr int Padding = 4;

} // namespace

void ShelfDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QRect area = option.rect.adjusted(Padding, Padding, -Padding, -Padding);
    QRect mark(QPoint(), QSize(MarkSize, MarkSize));
    mark.moveCenter(area.center());
    mark.moveTop(area.top());
    drawMark(*painter, mark, index.data(QubeModel::MarkRole).value<MarkStyle>(), option.direction);

    painter->save();
    const QFont font = QFontDatabase::systemFont(QFontDatabase::SmallestReadableFont);
    painter->setFont(font);
    painter->setPen(option.palette.color(QPalette::Text));
    QRect words = area;
    words.setTop(mark.bottom() + 1);
    painter->drawText(words,
                      Qt::AlignHCenter | Qt::AlignBottom | Qt::TextSingleLine,
                      QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideMiddle, words.width()));
    painter->restore();
}

QSize ShelfDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex & /*index*/) const
{
    return {option.rect.width(), Height};
}

} // namespace Bulkhead
