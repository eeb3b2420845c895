// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/adminclient.h"
#include "manager/topology/probe.h"

#include <QObject>

namespace Bulkhead
{

/// Runs the programs of a real test in qubes, through qrexec's client. Nothing that they write is read; one that takes
/// longer than some seconds is ended. Where a packet goes is asked of the core.
class GuestProbes : public QObject
{
    Q_OBJECT

public:
    /// @param client  the program that makes the call
    /// @param outside  an address of the outside that answers
    GuestProbes(QString client, const QString &socketPath, QString outside, QObject *parent = nullptr);

    /// @param probes  outlives what is run
    [[nodiscard]] static ProbeRunner::Run runner(GuestProbes *probes);

private:
    void run(const Probe &probe, ProbeRunner::Ended ended);
    void lookUp(const Probe &probe, const QStringList &known, ProbeRunner::Ended ended);
    void runCommand(const Probe &probe, const QString &command, ProbeRunner::Ended ended);

    QString m_client;
    AdminClient m_core;
    QString m_outside;
};

} // namespace Bulkhead
