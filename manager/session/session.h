// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/qubesource.h"
#include "manager/session/daemonplan.h"
#include "manager/session/daemonprocess.h"
#include "manager/session/daemonsettings.h"
#include "manager/session/givenup.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <map>
#include <memory>
#include <optional>

namespace Bulkhead
{

/// How daemons are started.
struct SessionOptions {
    QString daemonProgram;    ///< a path, or a name for PATH
    QString runtimeDirectory; ///< `$XDG_RUNTIME_DIR/bulkhead`
    QString transport;        ///< `--transport` of the daemons; empty: they choose
    bool isDemo = false;
    std::chrono::milliseconds firstPause = DaemonPlan::FirstPause; ///< before a daemon is started again; for tests
};

/// Keeps one gui-daemon for each qube that shows windows here, by what the source says. A lost connection changes
/// nothing: the qubes run on, and so do their daemons.
class Session : public QObject
{
    Q_OBJECT

public:
    Session(QubeSource *source, SessionOptions options, QObject *parent = nullptr);

    /// From now on each daemon is started with what this reads for its qube. Outlives the session.
    void setSettings(DaemonSettings *settings)
    {
        m_settings = settings;
    }

    /// Adopts what runs already. To be called once, before the source is started.
    void adoptDaemons();

private:
    void update();
    void carryOut();
    void tellWhoIsDown();
    void start(const DaemonIdentity &identity);
    void launch(const DaemonIdentity &identity, const QStringList &settings);
    void watch(const QString &qube, std::unique_ptr<DaemonProcess> process);
    void onEnded(const QString &qube, std::optional<int> exitCode);
    [[nodiscard]] Result<std::unique_ptr<DaemonProcess>> spawn(const DaemonIdentity &identity,
                                                               const QStringList &settings) const;

    QubeSource *m_source;
    SessionOptions m_options;
    DaemonSettings *m_settings = nullptr;
    DaemonPlan m_plan;
    std::optional<QList<GivenUpDaemon>> m_told; ///< to the manager; nothing: not yet
    QHash<QString, DaemonIdentity> m_starting;  ///< as soon as their settings are read
    std::map<QString, std::unique_ptr<DaemonProcess>> m_processes;
    QTimer m_wake;
};

} // namespace Bulkhead
