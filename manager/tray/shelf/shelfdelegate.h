// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace Bulkhead
{

/// A qube of the shelf: its mark, and below it its name, cut in the middle where it is too long.
class ShelfDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    static constexpr int Height = 60;

    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace Bulkhead
