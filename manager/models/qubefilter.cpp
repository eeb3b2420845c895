// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/models/qubefilter.h"

#include "manager/models/qubemodel.h"

#include <QCollator>

#include <algorithm>

namespace Bulkhead
{

QubeFilter::QubeFilter(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(QubeModel::SortRole);
    setDynamicSortFilter(true);
}

void QubeFilter::setSearch(const QString &text)
{
    if (text == m_search) {
        return;
    }
    m_search = text;
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    invalidateRowsFilter();
}

bool QubeFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QString haystack = sourceModel()->index(row, 0, parent).data(QubeModel::SearchRole).toString();
    return std::ranges::all_of(m_words, [&haystack](const QString &word) {
        const bool isExclusion = word.size() > 1 && word.startsWith(u'-');
        return haystack.contains(isExclusion ? word.sliced(1) : word, Qt::CaseInsensitive) != isExclusion;
    });
}

bool QubeFilter::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const QVariant one = left.data(sortRole());
    const QVariant other = right.data(sortRole());
    if (one.typeId() != QMetaType::QString) {
        return one.toUInt() < other.toUInt();
    }
    static const QCollator collator = [] {
        // The C locale compares bytes and knows no numbers.
        QCollator natural(QLocale().language() == QLocale::C ? QLocale(QLocale::English) : QLocale());
        natural.setNumericMode(true); // disp2 before disp12
        natural.setCaseSensitivity(Qt::CaseInsensitive);
        return natural;
    }();
    return collator.compare(one.toString(), other.toString()) < 0;
}

} // namespace Bulkhead
