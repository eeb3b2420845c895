// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/daemonprocess.h"

#include "manager/session/pidfd.h"

#include <QByteArrayList>
#include <QFile>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

namespace Bulkhead
{

namespace
{

/// posix_spawn's two little objects, destroyed whatever happens.
class SpawnSettings
{
public:
    SpawnSettings()
    {
        ::posix_spawn_file_actions_init(&m_actions);
        ::posix_spawnattr_init(&m_attributes);
    }

    SpawnSettings(const SpawnSettings &) = delete;
    SpawnSettings &operator=(const SpawnSettings &) = delete;
    SpawnSettings(SpawnSettings &&) = delete;
    SpawnSettings &operator=(SpawnSettings &&) = delete;

    ~SpawnSettings()
    {
        ::posix_spawnattr_destroy(&m_attributes);
        ::posix_spawn_file_actions_destroy(&m_actions);
    }

    /// @return 0 or an errno
    [[nodiscard]] int prepare(int strip)
    {
        sigset_t none;
        sigemptyset(&none);
        int code = ::posix_spawn_file_actions_adddup2(&m_actions, strip, DaemonProcess::StripDescriptor);
        code = code != 0 ? code : ::posix_spawnattr_setsigmask(&m_attributes, &none);
        return code != 0 ? code
                         : ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
    }

    /// @return 0 or an errno
    [[nodiscard]] int spawn(pid_t &pid, const QByteArrayList &words)
    {
        std::vector<char *> arguments;
        for (const QByteArray &word : words) {
            arguments.push_back(const_cast<char *>(word.constData())); // posix_spawn does not write to them
        }
        arguments.push_back(nullptr);
        return ::posix_spawnp(&pid, arguments.front(), &m_actions, &m_attributes, arguments.data(), environ);
    }

private:
    posix_spawn_file_actions_t m_actions{};
    posix_spawnattr_t m_attributes{};
};

} // namespace

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
    QByteArrayList words{QFile::encodeName(program)};
    for (const QString &argument : arguments) {
        words << argument.toLocal8Bit();
    }
    SpawnSettings settings;
    pid_t pid = -1;
    int code = settings.prepare(strip.get());
    code = code != 0 ? code : settings.spawn(pid, words);
    if (code != 0) {
        return failErrno(code, "starting the gui-daemon");
    }
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
