// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/plancheck.h"

namespace Bulkhead
{

namespace
{

/// Whether a verdict can be another one. Whether a qube runs is none of a plan's problems.
bool isOtherwise(const QubeInfo *before, const QubeInfo *after)
{
    if (before == nullptr || after == nullptr) {
        return before != after;
    }
    return before->kind != after->kind || before->providesNetwork != after->providesNetwork
        || before->netQube != after->netQube || before->netQubeIsDefault != after->netQubeIsDefault;
}

} // namespace

void PlanCheck::begin(const NetworkGraph &graph, const QList<NetworkStep> &steps, const SystemDefaults &defaults)
{
    *this = {};
    if (steps.isEmpty()) {
        return; // there is nothing to follow
    }
    m_defaults = defaults;
    m_now = graph;
    m_then = after(graph, steps, defaults);
    for (const NetworkStep &step : steps) {
        m_steps.insert(step.qube, step);
    }
    for (const NetworkStep &step : steps) {
        judge(step);
    }
}

qsizetype PlanCheck::follow(const NetworkGraph &graph, const QString &qube)
{
    if (m_steps.isEmpty()) {
        return 0;
    }
    const QubeInfo *after = graph.find(qube);
    const bool isOther = isOtherwise(m_now.find(qube), after);
    if (after == nullptr) {
        m_now.remove(qube);
        m_then.remove(qube);
    } else {
        store(*after);
    }
    const QSet<QString> touched = isOther ? m_readBy.value(qube) : QSet<QString>();
    for (const QString &step : touched) {
        judge(m_steps.value(step));
    }
    return touched.size();
}

void PlanCheck::store(const QubeInfo &qube)
{
    m_now.store(qube);
    QubeInfo planned = qube;
    if (const auto step = m_steps.constFind(qube.name); step != m_steps.cend()) {
        planned = plannedQube(qube, step->after, m_defaults);
    }
    m_then.store(planned);
}

void PlanCheck::judge(const NetworkStep &step)
{
    const QubeInfo *present = m_now.find(step.qube);
    if (present != nullptr) {
        m_then.store(*present); // for a moment: all others have done their steps
    }
    const QString problem = problemAmong(m_now, m_then, step, m_defaults);
    if (problem.isEmpty()) {
        m_problems.remove(step.qube);
    } else {
        m_problems.insert(step.qube, problem);
    }
    const NetworkChain chain = m_then.chainOf(providerUnder(step.after, m_defaults));
    QSet<QString> names(chain.hops.begin(), chain.hops.end());
    names << step.qube << chain.missing;
    read(step.qube, names);
    if (present != nullptr) {
        store(*present);
    }
}

void PlanCheck::read(const QString &step, const QSet<QString> &qubes)
{
    const QSet<QString> before = m_read.value(step);
    for (const QString &name : before - qubes) {
        m_readBy[name].remove(step);
    }
    for (const QString &name : qubes - before) {
        m_readBy[name].insert(step);
    }
    m_read.insert(step, qubes);
}

} // namespace Bulkhead
