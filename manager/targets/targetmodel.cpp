// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/targets/targetmodel.h"

#include "manager/models/qubewords.h"
#include "manager/policylink/policymessages.h"
#include "manager/policylink/servicewords.h"

#include <KLocalizedString>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QString qubeOf(const QString &target)
{
    const QString disposable = disposableTemplateOf(target);
    return disposable.isEmpty() ? target : disposable;
}

} // namespace

QubeInfo qubeNamed(const QubeSource &source, const QString &name)
{
    const QList<QubeInfo> qubes = source.qubes();
    const auto place = std::ranges::find(qubes, name, &QubeInfo::name);
    if (place != qubes.end()) {
        return *place;
    }
    QubeInfo unknown;
    unknown.name = name;
    return unknown;
}

TargetModel::TargetModel(QubeSource *source, QObject *parent)
    : QAbstractListModel(parent)
    , m_source(source)
{
    connect(source, &QubeSource::loaded, this, &TargetModel::refresh);
    connect(source, &QubeSource::qubeChanged, this, &TargetModel::refresh);
    connect(source, &QubeSource::qubeRemoved, this, &TargetModel::refresh);
    connect(source, &QubeSource::labelsChanged, this, &TargetModel::refresh);
}

void TargetModel::setTargets(const QStringList &targets)
{
    m_targets = targets;
    std::ranges::sort(m_targets, [](const QString &left, const QString &right) {
        return std::pair(left.startsWith(u'@'), left) < std::pair(right.startsWith(u'@'), right); // disposables last
    });
    beginResetModel();
    m_rows.clear();
    for (const QString &target : std::as_const(m_targets)) {
        m_rows << rowFor(target);
    }
    endResetModel();
    refresh();
}

TargetModel::Row TargetModel::rowFor(const QString &target) const
{
    Row row{.target = target, .qube = qubeNamed(*m_source, qubeOf(target)), .mark = {}};
    if (target == "dom0"_L1) {
        row.qube.kind = QubeKind::Admin;
    }
    const bool isDisposable = target.startsWith(u'@');
    row.mark =
        markFor(labelNamed(m_source->labels(), row.qube.label), isDisposable ? Badge::DashedRing : badgeFor(row.qube));
    // A number that changes with each of its starts, or what it gets of memory, is nothing to look at again.
    row.qube.domId = -1;
    row.qube.memoryMiB = 0;
    row.qube.maxMemoryMiB = 0;
    return row;
}

void TargetModel::refresh()
{
    if (m_source == nullptr) {
        return;
    }
    const QList<QubeInfo> qubes = m_source->qubes();
    const auto isGone = [&](const Row &row) {
        // While the core is not heard, what policy knew counts.
        return row.target != "dom0"_L1 && m_source->isLoaded()
            && m_source->connection() == QubeSource::Connection::Connected
            && !std::ranges::contains(qubes, qubeOf(row.target), &QubeInfo::name);
    };
    bool isChanged = false;
    for (qsizetype at = m_rows.size(); at-- > 0;) {
        const int row = static_cast<int>(at);
        if (isGone(m_rows.at(at))) {
            beginRemoveRows({}, row, row);
            m_rows.removeAt(at);
            endRemoveRows();
            isChanged = true;
        } else if (Row now = rowFor(m_rows.at(at).target); now != m_rows.at(at)) {
            m_rows[at] = std::move(now);
            Q_EMIT dataChanged(index(row), index(row));
            isChanged = true;
        }
    }
    if (isChanged) {
        Q_EMIT targetsChanged();
    }
}

int TargetModel::rowOf(const QString &target) const
{
    const auto place = std::ranges::find(m_rows, target, &Row::target);
    return place == m_rows.end() ? -1 : static_cast<int>(place - m_rows.begin());
}

int TargetModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant TargetModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size()) {
        return {};
    }
    const Row &row = m_rows.at(index.row());
    const bool isDisposable = row.target.startsWith(u'@');
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return targetWord(row.target);
    case TargetRole:
        return row.target;
    case MarkRole:
        return QVariant::fromValue(row.mark);
    case StateRole:
        return isDisposable                ? i18nc("@item state of a qube that is made for one call", "Made for this")
            : row.qube.className.isEmpty() ? QString()
                                           : stateWord(row.qube);
    case Qt::AccessibleDescriptionRole:
        return row.qube.className.isEmpty() || isDisposable
            ? QString()
            : descriptionOf(row.qube, labelNamed(m_source->labels(), row.qube.label));
    default:
        return {};
    }
}

} // namespace Bulkhead
