// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/adminclient.h"
#include "manager/client/qubesource.h"

#include <QObject>

namespace Bulkhead
{

/// What is asked of the core, in calls of the Admin API. The promises about `done` and `context` are QubeSource's.
class AdminDeeds : public QObject
{
    Q_OBJECT

public:
    using Done = QubeSource::Done;
    using Lines = QubeSource::Lines;

    /// @param client  outlives this
    explicit AdminDeeds(AdminClient *client);

    void perform(Deed deed, const QString &qube, QObject *context, Done done);
    /// A qube that was made but could not get its network is removed again: nothing half-made stays.
    void create(const NewQube &qube, QObject *context, Done done);
    void setLabel(const QString &qube, const QString &label, QObject *context, Done done);
    void setNetwork(const QString &qube, NewQube::Network network, const QString &netQube, QObject *context, Done done);
    void setDisposableTemplate(const QString &qube, const QString &disposableTemplate, QObject *context, Done done);
    void setProvidesNetwork(const QString &qube, bool provides, QObject *context, Done done);
    void setFeature(const QString &qube, const QString &feature, const QString &value, QObject *context, Done done);
    void readFeatures(const QString &qube, QObject *context, Lines done);
    void readFirewall(const QString &qube, QObject *context, Lines done);
    void setFirewall(const QString &qube, const QStringList &rules, QObject *context, Done done);
    void readDisks(const QString &qube, QObject *context, Lines done);

private:
    void restart(const QString &qube, QObject *context, Done done);
    void setFirstNetwork(const NewQube &qube, QObject *context, Done done);
    void request(AdminCall call, QObject *context, Done done);
    void requestLines(AdminCall call, QObject *context, Lines done);

    AdminClient *m_client;
};

} // namespace Bulkhead
