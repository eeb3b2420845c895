// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/models/qubemodel.h"

#include "manager/delegates/labelmark.h"
#include "manager/models/qubewords.h"
#include "manager/models/untrustedtext.h"

#include <KFormat>
#include <KLocalizedString>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

bool isRow(const QubeInfo &qube)
{
    return qube.kind != QubeKind::Admin;
}

QString memoryText(const QubeInfo &qube)
{
    return qube.memoryMiB == 0 ? QString() : KFormat().formatByteSize(qube.memoryMiB * 1024.0 * 1024.0, 0);
}

QString netText(const QubeInfo &qube)
{
    if (!qube.hasDetails || qube.kind == QubeKind::Template) {
        return {};
    }
    return qube.netQube.isEmpty() ? i18nc("@item no net qube", "none") : qube.netQube;
}

QString tooltipFor(const QubeInfo &qube, int column)
{
    switch (column) {
    case QubeModel::Name:
        return qube.name;
    case QubeModel::Template:
        return qube.templateName;
    case QubeModel::NetQube:
        return qube.netQube;
    default:
        return {};
    }
}

} // namespace

QubeModel::QubeModel(QubeSource *source, QObject *parent)
    : QAbstractTableModel(parent)
    , m_source(source)
{
    connect(source, &QubeSource::loaded, this, &QubeModel::reload);
    connect(source, &QubeSource::qubeChanged, this, &QubeModel::store);
    connect(source, &QubeSource::qubeRemoved, this, &QubeModel::remove);
    connect(source, &QubeSource::labelsChanged, this, &QubeModel::repaintLabels);
    m_labels = source->labels();
    reload();
}

int QubeModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int QubeModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int{ColumnCount};
}

int QubeModel::rowOf(const QString &name) const
{
    const auto place = std::ranges::lower_bound(m_rows, name, {}, [](const Row &row) {
        return row.qube.name;
    });
    return place != m_rows.end() && place->qube.name == name ? static_cast<int>(place - m_rows.begin()) : -1;
}

const QubeInfo &QubeModel::at(int row) const
{
    return m_rows.at(static_cast<std::size_t>(row)).qube;
}

int QubeModel::runningCount() const
{
    return static_cast<int>(std::ranges::count_if(m_rows, [](const Row &row) {
        return isUp(row.qube.state);
    }));
}

void QubeModel::reload()
{
    // Row by row instead of a reset: selection, scrolling and busy marks stay.
    const QList<QubeInfo> qubes = m_source->qubes();
    for (std::size_t row = m_rows.size(); row-- > 0;) {
        const QString name = m_rows.at(row).qube.name;
        if (std::ranges::find(qubes, name, &QubeInfo::name) == qubes.end()) {
            remove(name);
        }
    }
    for (const QubeInfo &qube : qubes) {
        store(qube);
    }
}

void QubeModel::store(const QubeInfo &qube)
{
    if (!isRow(qube)) {
        return;
    }
    const auto place = std::ranges::lower_bound(m_rows, qube.name, {}, [](const Row &row) {
        return row.qube.name;
    });
    const int row = static_cast<int>(place - m_rows.begin());
    if (place == m_rows.end() || place->qube.name != qube.name) {
        beginInsertRows({}, row, row);
        m_rows.insert(place, Row{.qube = qube, .busyWords = {}});
        endInsertRows();
        return;
    }
    if (place->qube == qube) {
        return;
    }
    if (place->qube.state != qube.state) {
        place->busyWords.clear(); // the core's own word takes over
    }
    place->qube = qube;
    Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void QubeModel::remove(const QString &name)
{
    if (const int row = rowOf(name); row >= 0) {
        beginRemoveRows({}, row, row);
        m_rows.erase(m_rows.begin() + row);
        endRemoveRows();
    }
}

void QubeModel::repaintLabels()
{
    m_labels = m_source->labels();
    if (!m_rows.empty()) {
        const int last = rowCount() - 1;
        Q_EMIT dataChanged(index(0, Name), index(last, Name));
        Q_EMIT dataChanged(index(0, Label), index(last, Label));
    }
}

void QubeModel::setBusy(const QString &name, const QString &words)
{
    const int row = rowOf(name);
    if (row >= 0 && m_rows.at(static_cast<std::size_t>(row)).busyWords != words) {
        m_rows.at(static_cast<std::size_t>(row)).busyWords = words;
        Q_EMIT dataChanged(index(row, State), index(row, State));
    }
}

QVariant QubeModel::text(const Row &row, int column) const
{
    const QubeInfo &qube = row.qube;
    switch (column) {
    case Name:
        return qube.name;
    case State:
        return row.busyWords.isEmpty() ? stateWord(qube) : row.busyWords;
    case NetQube:
        return netText(qube);
    case Template:
        return qube.templateName;
    case Memory:
        return memoryText(qube);
    case Label:
        return qube.label;
    default:
        return {};
    }
}

QVariant QubeModel::sortKey(const Row &row, int column) const
{
    switch (column) {
    case State: // what runs stands above what does not, each by its word
        return QString((isUp(row.qube.state) ? u"0"_s : u"1"_s) + stateWord(row.qube));
    case Memory:
        return row.qube.memoryMiB;
    case Label:
        return labelNamed(m_labels, row.qube.label).index;
    default:
        return text(row, column);
    }
}

QVariant QubeModel::decoration(const Row &row, int column) const
{
    if (column == State) {
        const QubeState state = row.busyWords.isEmpty() ? row.qube.state : QubeState::Starting;
        return QIcon::fromTheme(stateIconName(state));
    }
    return {};
}

QVariant QubeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row &row = m_rows.at(static_cast<std::size_t>(index.row()));
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::DecorationRole:
        return decoration(row, index.column());
    case Qt::ToolTipRole:
        return plainToolTip(tooltipFor(row.qube, index.column()));
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(index.column() == Memory ? Qt::AlignRight | Qt::AlignVCenter
                                                            : Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return index.column() == Name ? row.qube.name : text(row, index.column());
    case Qt::AccessibleDescriptionRole:
        return index.column() == Name ? descriptionOf(row.qube, labelNamed(m_labels, row.qube.label)) : QString();
    case QubeRole:
        return QVariant::fromValue(row.qube);
    case MarkRole:
        return QVariant::fromValue(markFor(labelNamed(m_labels, row.qube.label), badgeFor(row.qube)));
    case SortRole:
        return sortKey(row, index.column());
    case BusyRole:
        return !row.busyWords.isEmpty();
    case SearchRole:
        return QStringList{row.qube.name,
                           row.qube.netQube,
                           row.qube.templateName,
                           row.qube.label,
                           stateWord(row.qube),
                           kindWord(row.qube)}
            .join(u' ');
    default:
        return {};
    }
}

QVariant QubeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(section == Memory ? Qt::AlignRight | Qt::AlignVCenter
                                                     : Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name:
        return i18nc("@title:column", "Name");
    case State:
        return i18nc("@title:column", "State");
    case NetQube:
        return i18nc("@title:column", "Net Qube");
    case Template:
        return i18nc("@title:column", "Template");
    case Memory:
        return i18nc("@title:column", "Memory");
    case Label:
        return i18nc("@title:column", "Label");
    default:
        return {};
    }
}

} // namespace Bulkhead
