// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QSortFilterProxyModel>

namespace Bulkhead
{

/// Rows that hold every word of the search, in any column; `-word` leaves out. Sorting is stable and knows numbers.
class QubeFilter : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit QubeFilter(QObject *parent = nullptr);

    void setSearch(const QString &text);

    [[nodiscard]] const QString &search() const
    {
        return m_search;
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    QString m_search;
    QStringList m_words;
};

} // namespace Bulkhead
