// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/reachreader.h"

#include "manager/policylink/policyfacts.h"
#include "manager/topology/graphmodel.h"

#include <KLocalizedString>

namespace Bulkhead
{

ReachReader::ReachReader(GraphModel *model, QObject *parent)
    : QObject(parent)
    , m_model(model)
{
    // Anybody's link may be the way out of who is reached.
    connect(model, &GraphModel::linkChanged, this, &ReachReader::refreshSoon);
    connect(model, &GraphModel::nodeAdded, this, &ReachReader::refreshSoon);
    connect(model, &GraphModel::nodeRemoved, this, &ReachReader::refreshSoon);
}

ReachReader::~ReachReader()
{
    if (m_facts) {
        m_facts->follow(this, false);
    }
}

void ReachReader::setFacts(PolicyFacts *facts)
{
    m_facts = facts;
    if (facts != nullptr) {
        connect(facts, &PolicyFacts::changed, this, &ReachReader::refreshSoon);
    }
    ask(m_qube);
}

void ReachReader::ask(const QString &qube)
{
    m_qube = qube;
    if (m_facts) {
        m_facts->follow(this, !qube.isEmpty());
    }
    refresh();
}

bool ReachReader::isAbout() const
{
    return m_model->graph().find(m_qube) != nullptr
        && m_model->graph().chainOf(m_qube).end != NetworkChain::End::Outside;
}

QString ReachReader::problem() const
{
    if (!m_facts) {
        return i18nc("@info", "The policy cannot be read here.");
    }
    const QString problem = m_facts->problem();
    return m_facts->rules() == nullptr && problem.isEmpty() ? i18nc("@info", "Reading the policy…") : problem;
}

void ReachReader::refreshSoon()
{
    if (!m_qube.isEmpty() && !m_isRefreshDue) { // many events of one deed are one look
        m_isRefreshDue = true;
        QMetaObject::invokeMethod(this, &ReachReader::refresh, Qt::QueuedConnection);
    }
}

void ReachReader::refresh()
{
    m_isRefreshDue = false;
    m_closure.reset();
    if (m_facts && m_facts->rules() != nullptr && isAbout()) {
        m_closure = closureOf(*m_facts->rules(), m_facts->qubes(), m_model->graph(), m_qube);
    }
    Q_EMIT changed();
}

} // namespace Bulkhead
