// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QObject>
#include <QString>

namespace Bulkhead
{

/// Starts programs in qubes through qrexec's client, a child process a call, and tells in words what went wrong. A
/// running program outlives the window; only its start is watched.
class GuestPrograms : public QObject
{
    Q_OBJECT

public:
    /// @param client  the program that makes the call
    explicit GuestPrograms(QString client, QObject *parent = nullptr);

    /// The client as installed, `BULKHEAD_QREXEC_CLIENT` before the field's path.
    [[nodiscard]] static QString installedClient();

    /// A line for the shell of the qube's user. Never seen by a shell of dom0.
    void run(const QString &qube, const QString &commandLine);
    void openTerminal(const QString &qube);

Q_SIGNALS:
    void failed(const QString &qube, const QString &commandLine, const QString &reason);

private:
    QString m_client;
};

} // namespace Bulkhead
