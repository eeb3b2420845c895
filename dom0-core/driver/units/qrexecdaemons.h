// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/units/qrexecunit.h"
#include "dom0-core/driver/units/supervisor.h"

#include <QObject>

#include <filesystem>
#include <optional>

namespace Bulkhead
{

/// Who keeps dom0's services running here.
enum class SupervisorKind : std::uint8_t { S6, Systemd };

/// systemd where it is process 1, else s6. Source: sd_booted(3).
[[nodiscard]] SupervisorKind currentSupervisor();

/// The qrexec daemons of running qubes: each is a unit of the supervisor, which starts it again when it ends. On
/// systemd it is an instance of a template that packages bring; a drop-in says whose it is. Main thread only.
class QrexecDaemons : public QObject
{
    Q_OBJECT

public:
    using Done = Supervisor::Done;

    struct Places {
        std::filesystem::path units;                           ///< s6: where the folders of units are made
        std::filesystem::path scanDirectory;                   ///< s6: s6-svscan runs on it
        std::filesystem::path dropIns = "/run/systemd/system"; ///< systemd
    };

    QrexecDaemons(SupervisorKind kind, Places places, QObject *parent);

    /// @errors Io, BadValue, Driver, TimedOut
    void start(const QrexecDaemonUnit &unit, Done done);
    /// Ends one that was started, and takes away what start() made for it.
    /// @errors Io, Driver, TimedOut
    void end(const QubeName &name, Done done);

    /// Whether one was started, by an earlier run of this program maybe.
    [[nodiscard]] bool has(const QubeName &name) const;

private:
    /// What start() makes for a qube, and end() takes away.
    [[nodiscard]] std::filesystem::path folderOf(const QubeName &name) const;
    void control(const QString &verb, const QubeName &name, Done done);

    SupervisorKind m_kind;
    Places m_places;
    Supervisor m_s6;
};

} // namespace Bulkhead
