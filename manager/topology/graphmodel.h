// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/delegates/labelmark.h"
#include "manager/topology/networkgraph.h"

#include <QAbstractItemModel>
#include <QObject>
#include <QPointer>

namespace Bulkhead
{

class QubeModel;

/// The window's qubes as a graph that tells what changed by the name of the one node or link it is about. It follows
/// the model that the list shows, so that list and picture can not disagree.
class GraphModel : public QObject
{
    Q_OBJECT

public:
    explicit GraphModel(QubeModel *model, QObject *parent = nullptr);

    /// Whether templates without a network belong to the picture, for as long as something is shown of them.
    void setTemplatesShown(bool areShown);

    [[nodiscard]] const NetworkGraph &graph() const
    {
        return m_graph;
    }

    [[nodiscard]] MarkStyle markOf(const QString &name) const;
    /// What the list says of its state: the core's word, or what was asked for.
    [[nodiscard]] QString stateText(const QString &name) const;
    [[nodiscard]] bool isBusy(const QString &name) const;
    /// What a screen reader hears of the qube, its link included (spec ui 7.1).
    /// @param remembered  the net qube it had before it was taken offline; empty: none is known
    [[nodiscard]] QString description(const QString &name, const QString &remembered = {}) const;
    /// What is wrong with the qube's network, one sentence each; empty: nothing (spec ui 7.1, badge).
    [[nodiscard]] QStringList warningsOf(const QString &name) const;

Q_SIGNALS:
    void nodeAdded(const QString &name);
    void nodeChanged(const QString &name);
    void nodeRemoved(const QString &name);
    /// The link from this client to its net qube came, went, leads elsewhere, or stands otherwise.
    void linkChanged(const QString &client);

private:
    void addRows(const QModelIndex &parent, int first, int last);
    void changeRows(const QModelIndex &topLeft, const QModelIndex &bottomRight);
    void removeRows(const QModelIndex &parent, int first, int last);
    void store(int row);
    void remove(const QString &name);
    [[nodiscard]] bool belongs(const QubeInfo &qube) const;
    [[nodiscard]] QVariant value(const QString &name, int column, int role) const;

    QPointer<QubeModel> m_model;
    NetworkGraph m_graph;
    bool m_areTemplatesShown = false;
};

} // namespace Bulkhead
