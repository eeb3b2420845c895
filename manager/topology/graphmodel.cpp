// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/graphmodel.h"

#include "manager/models/qubemodel.h"
#include "manager/topology/networkwords.h"

#include <KLocalizedString>

namespace Bulkhead
{

GraphModel::GraphModel(QubeModel *model, QObject *parent)
    : QObject(parent)
    , m_model(model)
{
    connect(model, &QAbstractItemModel::rowsInserted, this, &GraphModel::addRows);
    connect(model, &QAbstractItemModel::rowsAboutToBeRemoved, this, &GraphModel::removeRows);
    connect(model, &QAbstractItemModel::dataChanged, this, &GraphModel::changeRows);
    for (int row = 0; row < model->rowCount(); ++row) {
        store(row);
    }
}

void GraphModel::setTemplatesShown(bool areShown)
{
    if (m_areTemplatesShown == areShown || !m_model) {
        return;
    }
    m_areTemplatesShown = areShown;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (m_model->at(row).kind == QubeKind::Template) {
            store(row);
        }
    }
}

bool GraphModel::belongs(const QubeInfo &qube) const
{
    return isInNetworkPicture(qube) || (m_areTemplatesShown && qube.hasDetails && qube.kind == QubeKind::Template);
}

QVariant GraphModel::value(const QString &name, int column, int role) const
{
    const int row = m_model ? m_model->rowOf(name) : -1;
    return row < 0 ? QVariant() : m_model->index(row, column).data(role);
}

MarkStyle GraphModel::markOf(const QString &name) const
{
    return value(name, QubeModel::Name, QubeModel::MarkRole).value<MarkStyle>();
}

QString GraphModel::stateText(const QString &name) const
{
    return value(name, QubeModel::State, Qt::DisplayRole).toString();
}

bool GraphModel::isBusy(const QString &name) const
{
    return value(name, QubeModel::State, QubeModel::BusyRole).toBool();
}

QString GraphModel::description(const QString &name, const QString &remembered) const
{
    QStringList parts{value(name, QubeModel::Name, Qt::AccessibleDescriptionRole).toString()};
    if (m_graph.providerOf(name).isEmpty()) {
        const QubeInfo *qube = m_graph.find(name);
        if (qube != nullptr && facesOutside(*qube)) {
            parts << i18nc("@info for a screen reader: this qube's network", "directly to the outside");
        } else if (remembered.isEmpty()) {
            parts << i18nc("@info for a screen reader: this qube's network", "no network");
        } else {
            parts << i18nc("@info for a screen reader: this qube's network", "offline")
                  << i18nc("@info for a screen reader; %1 the net qube it had", "remembers %1", remembered);
        }
    }
    parts << warningsOf(name);
    return QLocale().createSeparatedList(parts);
}

QStringList GraphModel::warningsOf(const QString &name) const
{
    return networkWarnings(m_graph, name);
}

void GraphModel::addRows(const QModelIndex & /*parent*/, int first, int last)
{
    for (int row = first; row <= last; ++row) {
        store(row);
    }
}

void GraphModel::changeRows(const QModelIndex &topLeft, const QModelIndex &bottomRight)
{
    for (int row = topLeft.row(); row <= bottomRight.row(); ++row) {
        store(row);
    }
}

void GraphModel::removeRows(const QModelIndex & /*parent*/, int first, int last)
{
    for (int row = last; row >= first; --row) {
        remove(m_model->at(row).name);
    }
}

void GraphModel::store(int row)
{
    const QubeInfo qube = m_model->at(row);
    if (!belongs(qube)) {
        remove(qube.name); // it was one until its details came
        return;
    }
    const QubeInfo *before = m_graph.find(qube.name);
    const bool isNew = before == nullptr;
    const bool affectsOthers = isNew || before->state != qube.state || before->netQube != qube.netQube
        || before->providesNetwork != qube.providesNetwork || before->leadsOutside != qube.leadsOutside;
    const bool hasOtherLink = affectsOthers && (isNew ? !qube.netQube.isEmpty() : true);
    m_graph.store(qube);
    if (isNew) {
        Q_EMIT nodeAdded(qube.name);
    } else {
        Q_EMIT nodeChanged(qube.name); // also for a busy mark or a label's colour, which are the model's
    }
    if (hasOtherLink) {
        Q_EMIT linkChanged(qube.name);
    }
    if (affectsOthers) {
        for (const QString &client : m_graph.downstreamOf(qube.name)) {
            Q_EMIT linkChanged(client);
        }
    }
}

void GraphModel::remove(const QString &name)
{
    const QStringList dependants = m_graph.downstreamOf(name);
    if (!m_graph.remove(name)) {
        return;
    }
    Q_EMIT nodeRemoved(name);
    for (const QString &client : dependants) {
        Q_EMIT linkChanged(client);
    }
}

} // namespace Bulkhead
