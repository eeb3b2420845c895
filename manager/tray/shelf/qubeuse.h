// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"

#include <KSharedConfig>
#include <QObject>
#include <QStringList>

namespace Bulkhead
{

/// Which qubes the person turns to most, by how often files were copied to each: kept from session to session, and
/// halved in the long run, so that what was used once does not stay for ever.
class QubeUse : public QObject
{
    Q_OBJECT

public:
    /// Uses of one qube, above which all are halved.
    static constexpr int Most = 1000;

    explicit QubeUse(KSharedConfig::Ptr settings, QObject *parent = nullptr);

    /// Files were copied to it.
    void note(const QString &qube);

    /// The names of those that files can be copied to, the most used first; of those that were used as often the
    /// running ones, then those that are no template and provide no network, then by name.
    [[nodiscard]] QStringList mostUsed(QList<QubeInfo> qubes, qsizetype most) const;

Q_SIGNALS:
    void changed();

private:
    KSharedConfig::Ptr m_settings;
};

} // namespace Bulkhead
