// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/proofreader.h"

#include "manager/client/qubesource.h"
#include "manager/topology/graphmodel.h"

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

void note(QSet<QString> &names, const QString &name, bool belongs)
{
    if (belongs) {
        names.insert(name);
    } else {
        names.remove(name);
    }
}

} // namespace

ProofReader::ProofReader(QubeSource *source, GraphModel *model, QObject *parent)
    : QObject(parent)
    , m_source(source)
    , m_model(model)
{
    const auto again = [this](const QString &name) {
        if (!m_qube.isEmpty() && m_model->graph().chainOf(m_qube).hops.contains(name)) {
            read();
        }
    };
    connect(model, &GraphModel::linkChanged, this, again);
    connect(model, &GraphModel::nodeRemoved, this, [this](const QString &name) {
        if (name == m_qube) {
            ask({});
        }
    });
}

void ProofReader::ask(const QString &qube)
{
    m_qube = qube;
    m_facts = {};
    read();
}

NetworkProof ProofReader::proof() const
{
    return prove(m_model->graph(), m_qube, m_facts);
}

void ProofReader::read()
{
    const std::size_t round = ++m_round;
    if (!m_qube.isEmpty()) {
        for (const QString &hop : m_model->graph().chainOf(m_qube).hops) {
            m_source->readFirewall(hop, this, [this, round, hop](const std::expected<QStringList, AdminError> &rules) {
                if (round == m_round && rules) {
                    m_facts.rules.insert(hop, *rules);
                    Q_EMIT changed();
                }
            });
            m_source->readFeatures(hop, this, [this, round, hop](const std::expected<QStringList, AdminError> &names) {
                if (round == m_round && names) {
                    note(m_facts.tunnels, hop, names->contains(u"service.bulkhead-tunnel"_s));
                    note(m_facts.tors, hop, names->contains(u"service.bulkhead-tor"_s));
                    Q_EMIT changed();
                }
            });
        }
    }
    Q_EMIT changed();
}

} // namespace Bulkhead
