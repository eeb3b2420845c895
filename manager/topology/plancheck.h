// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkchange.h"

#include <QSet>

namespace Bulkhead
{

/// Why steps of a plan can not be done, kept while the network changes below it. Says of each step what problemOf()
/// says, but remembers which qubes a verdict was read from: an event judges those steps again that read the one qube it
/// is about, and none if it only started or stopped.
class PlanCheck
{
public:
    /// Another plan, or other defaults: judges every step.
    void begin(const NetworkGraph &graph, const QList<NetworkStep> &steps, const SystemDefaults &defaults);
    /// A qube came, went or is another one. To be told of each; others must not have changed unsaid.
    /// @return how many steps were judged again
    qsizetype follow(const NetworkGraph &graph, const QString &qube);

    /// By the step's qube; steps that can be done are not in it.
    [[nodiscard]] const QHash<QString, QString> &problems() const
    {
        return m_problems;
    }

    /// The network with all steps done.
    [[nodiscard]] const NetworkGraph &then() const
    {
        return m_then;
    }

private:
    void store(const QubeInfo &qube);
    void judge(const NetworkStep &step);
    void read(const QString &step, const QSet<QString> &qubes);

    SystemDefaults m_defaults;
    NetworkGraph m_now;
    NetworkGraph m_then;
    QHash<QString, NetworkStep> m_steps;
    QHash<QString, QString> m_problems;
    QHash<QString, QSet<QString>> m_readBy; ///< by a qube's name, also of one that is not there: steps
    QHash<QString, QSet<QString>> m_read;   ///< the same the other way round
};

} // namespace Bulkhead
