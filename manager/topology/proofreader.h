// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkproof.h"

#include <QObject>

namespace Bulkhead
{

class GraphModel;
class QubeSource;

/// Asks the core for the rules and features along one qube's way and proves with them; again whenever the way changes.
class ProofReader : public QObject
{
    Q_OBJECT

public:
    /// @param source, model  outlive this
    ProofReader(QubeSource *source, GraphModel *model, QObject *parent = nullptr);

    /// @param qube  empty: nobody is asked for
    void ask(const QString &qube);

    [[nodiscard]] const QString &qube() const
    {
        return m_qube;
    }

    /// With what is known so far.
    [[nodiscard]] NetworkProof proof() const;

Q_SIGNALS:
    /// The proof may be another one.
    void changed();

private:
    void read();

    QubeSource *m_source;
    GraphModel *m_model;
    QString m_qube;
    ProofFacts m_facts;
    std::size_t m_round = 0; ///< answers to older rounds are dropped
};

} // namespace Bulkhead
