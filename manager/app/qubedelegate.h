// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace Bulkhead
{

/// Cells of the list: the mark before the name, names cut in the middle, the state's symbol in its role's colour, words
/// of a deed under way in italics. Text stands exactly below the header's.
class QubeDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    static constexpr int MarkSize = 22;

    using QStyledItemDelegate::QStyledItemDelegate;

    /// Pales everything by a fifth: what is shown may be old.
    void setOld(bool isOld)
    {
        m_isOld = isOld;
    }

    /// 34 px at the usual font and as much more as a larger font needs.
    [[nodiscard]] static int rowHeight(const QFontMetrics &metrics);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    void drawCell(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;

    bool m_isOld = false;
};

} // namespace Bulkhead
