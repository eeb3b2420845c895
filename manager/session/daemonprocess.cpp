// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/daemonprocess.h"

#include "base/programstart.h"
#include "manager/session/pidfd.h"

#include <QFile>

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace Bulkhead
{

DaemonProcess::DaemonProcess(pid_t pid, UniqueFd pidFd)
    : m_pid(pid)
    , m_pidFd(std::move(pidFd))
    , m_notifier(m_pidFd.get(), QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, &DaemonProcess::onEnd);
    m_patience.setSingleShot(true);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        signal(SIGKILL);
    });
}

Result<std::unique_ptr<DaemonProcess>>
DaemonProcess::start(const QString &program, const QStringList &arguments, UniqueFd strip)
{
    std::vector<std::string> words{QFile::encodeName(program).toStdString()};
    for (const QString &argument : arguments) {
        words.push_back(argument.toLocal8Bit().toStdString());
    }
    auto started = spawnProgram({.words = std::move(words),
                                 .descriptors = {{.ours = strip.get(), .its = StripDescriptor}},
                                 .session = SpawnSession::Own});
    if (!started) {
        return std::unexpected(std::move(started).error().in("starting the gui-daemon"));
    }
    const pid_t pid = *started;
    // Our own child stays a zombie until we wait for it, so the number cannot be another's yet.
    UniqueFd pidFd = pidFdOpen(pid);
    if (!pidFd) {
        return failErrno(errno, "watching the gui-daemon");
    }
    return std::unique_ptr<DaemonProcess>(new DaemonProcess(pid, std::move(pidFd)));
}

std::unique_ptr<DaemonProcess> DaemonProcess::adopt(pid_t pid, UniqueFd pidFd)
{
    return std::unique_ptr<DaemonProcess>(new DaemonProcess(pid, std::move(pidFd)));
}

void DaemonProcess::terminate()
{
    signal(SIGTERM);
    m_patience.start(Patience);
}

void DaemonProcess::signal(int number)
{
    // It may have ended meanwhile; its end arrives by the notifier.
    sendSignal(m_pidFd, number);
}

void DaemonProcess::onEnd()
{
    m_notifier.setEnabled(false);
    m_patience.stop();
    siginfo_t info{};
    const bool isChild =
        ::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(m_pidFd.get()), &info, WEXITED) == 0;
    Q_EMIT ended(isChild && info.si_code == CLD_EXITED ? std::optional(info.si_status) : std::nullopt);
}

} // namespace Bulkhead
