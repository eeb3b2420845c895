// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <QObject>
#include <QSocketNotifier>
#include <QStringList>
#include <QTimer>

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>

namespace Bulkhead
{

/// One running gui-daemon, ours or adopted, held by its pidfd: never confused with another process of the same number.
/// It outlives this object and this program; only terminate() ends it.
class DaemonProcess : public QObject
{
    Q_OBJECT

public:
    /// Where a started daemon finds the strip's picture.
    static constexpr int StripDescriptor = 3;
    /// From being asked to end to being killed.
    static constexpr std::chrono::seconds Patience{5};

    /// Starts a daemon in a session of its own, so that no signal to ours reaches it.
    /// @param strip  becomes the daemon's descriptor StripDescriptor; the arguments have to name it
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<DaemonProcess>>
    start(const QString &program, const QStringList &arguments, UniqueFd strip);
    /// Takes over one that somebody else started.
    [[nodiscard]] static std::unique_ptr<DaemonProcess> adopt(pid_t pid, UniqueFd pidFd);

    /// Asks it to end, and kills it if it does not.
    void terminate();

    [[nodiscard]] pid_t pid() const
    {
        return m_pid;
    }

Q_SIGNALS:
    /// @param exitCode  nothing if it was killed by a signal, or is not our child
    void ended(std::optional<int> exitCode);

private:
    DaemonProcess(pid_t pid, UniqueFd pidFd);
    void onEnd();
    void signal(int number);

    pid_t m_pid;
    UniqueFd m_pidFd;
    QSocketNotifier m_notifier;
    QTimer m_patience;
};

} // namespace Bulkhead
