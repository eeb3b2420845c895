// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/reachclosure.h"

#include <QObject>
#include <QPointer>

#include <optional>

namespace Bulkhead
{

class GraphModel;
class PolicyFacts;

/// Follows what a qube that does not reach the outside itself gets hold of through others. Of one that does nothing is
/// worked out, and the policy is read only while somebody asks.
class ReachReader : public QObject
{
    Q_OBJECT

public:
    /// @param model  outlives this
    explicit ReachReader(GraphModel *model, QObject *parent = nullptr);
    ~ReachReader() override;
    ReachReader(const ReachReader &) = delete;
    ReachReader &operator=(const ReachReader &) = delete;

    /// @param facts  nothing: the policy cannot be read here
    void setFacts(PolicyFacts *facts);
    /// @param qube  empty: nobody is asked for
    void ask(const QString &qube);

    /// Whether there is something to say of it: it is there, and its packets do not reach the outside.
    [[nodiscard]] bool isAbout() const;

    /// Nothing while the policy is not known.
    [[nodiscard]] const std::optional<QList<Reached>> &closure() const
    {
        return m_closure;
    }

    /// Why the policy is not known, or not all of it; empty: it is known.
    [[nodiscard]] QString problem() const;

Q_SIGNALS:
    void changed();

private:
    void refreshSoon();
    void refresh();

    GraphModel *m_model;
    QPointer<PolicyFacts> m_facts;
    QString m_qube;
    std::optional<QList<Reached>> m_closure;
    bool m_isRefreshDue = false;
};

} // namespace Bulkhead
