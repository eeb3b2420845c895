// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/probe.h"
#include "manager/topology/proofreader.h"
#include "manager/topology/reachreader.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace Bulkhead
{

/// What one qube's network is, for whoever wants to be sure: its way with the rules on it, what leaks if something
/// fails, who sees its packets; and a real test of that, on demand. Of a qube that is cut off, what it gets hold of
/// through others.
class ProofPane : public QWidget
{
    Q_OBJECT

public:
    /// @param source, model  outlive this
    /// @param run  how a program is run in a qube
    ProofPane(QubeSource *source, GraphModel *model, ProbeRunner::Run run, QWidget *parent = nullptr);

    /// @param qube  empty: no single one
    void show(const QString &qube);

    /// The policy, whose calls lead from one qube to others; outlives this.
    void setPolicy(PolicyFacts *facts)
    {
        m_reach.setFacts(facts);
    }

    /// Which address of the outside the test tries, for its description.
    void setOutside(const QString &address);

    [[nodiscard]] ProbeRunner &probes()
    {
        return m_probes;
    }

Q_SIGNALS:
    /// Where packets got on the tested way: for each client of a link whether the next hop answered.
    void tested(const QHash<QString, bool> &reached);

private:
    void refresh();
    void addWay(const NetworkProof &proof);
    void addFailures(const NetworkProof &proof);
    void addReaders(const NetworkProof &proof);
    void addReached();
    void addResults();
    void test();
    void note(const Probe &probe, ProbeResult result);

    QubeSource *m_source;
    ProofReader m_reader;
    ReachReader m_reach;
    ProbeRunner m_probes;
    QLabel *m_summary;
    QTreeWidget *m_tree;
    QPushButton *m_test;
    NetworkProof m_shown;
    QList<std::pair<Probe, ProbeResult>> m_results; ///< of the way that is shown
    QHash<QString, bool> m_reached;
};

} // namespace Bulkhead
