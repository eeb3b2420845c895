// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QStyledItemDelegate>

class QTreeView;

namespace Bulkhead
{

/// Sentences in a tree of one column, each in as many lines as it needs in the width that there is: the tree itself
/// gives each item one line, and cuts the rest off.
class WrappedLines : public QStyledItemDelegate
{
    Q_OBJECT

public:
    /// Becomes the tree's delegate, and its child.
    explicit WrappedLines(QTreeView *tree);

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QTreeView *m_tree;
};

} // namespace Bulkhead
