// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>

#include <functional>

namespace Bulkhead
{

class AdminClient;

/// What the person has set for a qube's gui-daemon, beside its identity: features of the qube, or defaults in dom0's.
/// A daemon has what held when it was started.
/// @source spec gui-protocol 5.9 and 6, clipboard 4 and 5
class DaemonSettings : public QObject
{
    Q_OBJECT

public:
    /// Gets options of the daemon's command line; those that are not set are not there.
    using Done = std::move_only_function<void(const QStringList &arguments)>;

    /// @param client  outlives it
    explicit DaemonSettings(AdminClient *client, QObject *parent = nullptr);

    /// `done` runs exactly once and never inside this call, unless `context` is gone by then. What cannot be read
    /// counts as not set.
    void read(const QString &qube, QObject *context, Done done);

private:
    AdminClient *m_client;
};

/// The option for one feature's value; empty: it is not usable, and not used.
/// @param option  `--max-clipboard-size`, `--events-max-delay` or one of keys
[[nodiscard]] QStringList daemonOption(const QString &option, const QByteArray &value);

} // namespace Bulkhead
