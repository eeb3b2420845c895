// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/relations.h"

#include <QObject>
#include <QPointer>
#include <QSet>

namespace Bulkhead
{

class GraphModel;
class PolicyFacts;
class QubeSource;

/// Which relations between qubes the picture shows, and what there is of them. Below the view, without a widget. What
/// is not in the model already is asked for only while somebody looks, and after an event only of the qube it is about.
class RelationLayer : public QObject
{
    Q_OBJECT

public:
    /// Most arrows where nobody is selected: more would hide each other, and the qubes.
    static constexpr qsizetype MostArrows = 60;

    /// @param source, model  outlive this
    RelationLayer(QubeSource *source, GraphModel *model, QObject *parent = nullptr);
    ~RelationLayer() override;
    RelationLayer(const RelationLayer &) = delete;
    RelationLayer &operator=(const RelationLayer &) = delete;

    /// @param facts  outlives this; nothing: the policy cannot be read here
    void setPolicy(PolicyFacts *facts);
    void setShown(Relation relation, bool isShown);
    void setSelection(const QStringList &qubes);

    [[nodiscard]] bool isShown(Relation relation) const
    {
        return m_shown.contains(relation);
    }

    /// Between qubes of the picture: those of the selected ones, or all as long as they can be told apart.
    [[nodiscard]] const QList<RelationArrow> &drawn() const
    {
        return m_drawn;
    }

    /// What is shown of one and what is not, or why there is nothing: for its legend.
    [[nodiscard]] QString summary(Relation relation) const;

Q_SIGNALS:
    void changed();

private:
    void refreshSoon();
    void refresh();
    void readDisks(const QString &qube);
    void readAllDisks();
    void readUpdates();
    [[nodiscard]] QList<RelationArrow> drawable(Relation relation) const;

    QubeSource *m_source;
    GraphModel *m_model;
    QPointer<PolicyFacts> m_policy;
    QSet<Relation> m_shown;
    QStringList m_selection;
    RelationFacts m_facts;
    QHash<Relation, QList<RelationArrow>> m_all; ///< of those that are shown
    QList<RelationArrow> m_drawn;
    std::size_t m_round = 0; ///< answers of an older look are dropped
    bool m_isRefreshDue = false;
};

} // namespace Bulkhead
