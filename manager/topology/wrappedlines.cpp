// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/wrappedlines.h"

#include <QEvent>
#include <QStyle>
#include <QTreeView>

#include <algorithm>

namespace Bulkhead
{

WrappedLines::WrappedLines(QTreeView *tree)
    : QStyledItemDelegate(tree)
    , m_tree(tree)
{
    tree->setWordWrap(true);
    tree->setUniformRowHeights(false);
    tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    tree->setItemDelegate(this);
    tree->viewport()->installEventFilter(this);
}

QSize WrappedLines::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    int indent = m_tree->rootIsDecorated() ? m_tree->indentation() : 0;
    for (QModelIndex above = index.parent(); above.isValid(); above = above.parent()) {
        indent += m_tree->indentation();
    }
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    item.rect = QRect(0, 0, std::max(1, m_tree->viewport()->width() - indent), 1);
    item.features |= QStyleOptionViewItem::WrapText;
    return m_tree->style()->sizeFromContents(QStyle::CT_ItemViewItem, &item, {}, m_tree);
}

bool WrappedLines::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize && watched == m_tree->viewport()) {
        Q_EMIT sizeHintChanged({}); // each has another number of lines now
    }
    return QStyledItemDelegate::eventFilter(watched, event);
}

} // namespace Bulkhead
