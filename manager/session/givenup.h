// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QFileSystemWatcher>
#include <QList>
#include <QObject>
#include <QString>

#include <cstdint>

namespace Bulkhead
{

/// A qube that runs and whose gui-daemon stays down, so that its windows are not seen (spec security, L-11).
struct GivenUpDaemon {
    enum class Why : std::uint8_t {
        EndedTooOften,
        Refused, ///< it did not take what it was started with
    };

    QString qube;
    std::int64_t domain = -1; ///< of the run that it is said of; the next one has new chances
    Why why = Why::EndedTooOften;

    friend bool operator==(const GivenUpDaemon &, const GivenUpDaemon &) = default;
};

/// Where the session says which they are, for the manager: `$XDG_RUNTIME_DIR/bulkhead/windows-down`.
[[nodiscard]] QString givenUpFile(const QString &runtimeDirectory);

/// Puts all of them in place of what the file says, at once. Without any there is no file.
/// @errors Io
[[nodiscard]] Result<void> writeGivenUp(const QString &path, const QList<GivenUpDaemon> &daemons);
/// What is not understood of the file says nothing.
[[nodiscard]] QList<GivenUpDaemon> readGivenUp(const QString &path);

/// What happened, why, and what to do about it.
[[nodiscard]] QString givenUpWords(const GivenUpDaemon &daemon);

/// Follows the file.
class GivenUpWatch : public QObject
{
    Q_OBJECT

public:
    /// Makes the directory if it is missing.
    explicit GivenUpWatch(const QString &runtimeDirectory, QObject *parent = nullptr);

    [[nodiscard]] const QList<GivenUpDaemon> &daemons() const noexcept
    {
        return m_daemons;
    }

Q_SIGNALS:
    void changed();

private:
    void read();

    QString m_path;
    QList<GivenUpDaemon> m_daemons;
    QFileSystemWatcher m_watcher;
};

} // namespace Bulkhead
