// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/adoption.h"

#include "manager/session/pidfd.h"

#include <QDir>
#include <QFile>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

UniqueFd openFile(const QString &path, int flags)
{
    constexpr mode_t ownerOnly = 0600;
    return UniqueFd(::open(QFile::encodeName(path).constData(), flags | O_CLOEXEC | O_NOFOLLOW, ownerOnly));
}

/// Whether somebody else holds the lock. A lock that we got is given back when `file` closes.
bool isLockedByOther(const UniqueFd &file)
{
    return ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::optional<pid_t> readPid(const UniqueFd &file)
{
    std::array<char, 32> buffer{};
    const ssize_t count = ::pread(file.get(), buffer.data(), buffer.size(), 0);
    bool isNumber = false;
    const int pid = QByteArray(buffer.data(), std::max<ssize_t>(count, 0)).trimmed().toInt(&isNumber);
    return isNumber && pid > 0 ? std::optional(pid) : std::nullopt;
}

QStringList argumentsOf(pid_t pid)
{
    QFile file(u"/proc/%1/cmdline"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QStringList arguments;
    for (const QByteArray &word : file.readAll().split('\0')) {
        arguments << QString::fromLocal8Bit(word);
    }
    return arguments;
}

std::optional<FoundDaemon> adoptable(const QString &path)
{
    const UniqueFd file = openFile(path, O_RDWR);
    if (!file || !isLockedByOther(file)) {
        return std::nullopt;
    }
    const auto pid = readPid(file);
    if (!pid) {
        return std::nullopt;
    }
    UniqueFd pidFd = pidFdOpen(*pid);
    // Still locked after the pidfd is ours: the number was the holder's own when we opened it.
    if (!pidFd || !isLockedByOther(file)) {
        return std::nullopt;
    }
    auto identity = identityFromArguments(argumentsOf(*pid));
    if (!identity) {
        return std::nullopt;
    }
    return FoundDaemon{.identity = *std::move(identity), .pid = *pid, .pidFd = std::move(pidFd)};
}

} // namespace

std::vector<FoundDaemon> findDaemons(const QString &directory)
{
    std::vector<FoundDaemon> found;
    for (const QString &name : QDir(directory).entryList({u"gui-daemon.*"_s}, QDir::Files)) {
        if (auto daemon = adoptable(directory + u'/' + name)) {
            found.push_back(*std::move(daemon));
        }
    }
    return found;
}

UniqueFd lockSession(const QString &directory)
{
    QDir().mkpath(directory);
    UniqueFd file = openFile(directory + u"/session"_s, O_RDWR | O_CREAT);
    if (file && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        file.reset();
    }
    return file;
}

} // namespace Bulkhead
