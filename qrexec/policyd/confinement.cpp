// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyd/confinement.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>

#include <array>

namespace Bulkhead::Qrexec
{

namespace
{

/// Sockets and the loop; then policy files and what tells of their changes; then the socket's name.
constexpr std::array Calls{
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),
    SCMP_SYS(accept4),
    SCMP_SYS(connect),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockopt),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(close),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sched_yield),
    SCMP_SYS(restart_syscall),

    SCMP_SYS(fstat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(lseek),
    SCMP_SYS(getdents64),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(inotify_add_watch),
    SCMP_SYS(inotify_rm_watch),

    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
};

constexpr std::array SocketCalls{SCMP_SYS(socket)};
constexpr std::array FcntlCommands{F_GETFL, F_SETFL, F_SETFD, F_GETFD};

} // namespace

Result<void> closePolicyDaemonFiles(const std::string &socketDirectory)
{
    const std::array open{
        OpenDirectory{.path = "/", .rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR},
        OpenDirectory{.path = socketDirectory, .rights = LANDLOCK_ACCESS_FS_REMOVE_FILE},
    };
    return closeFileSystemExcept(open);
}

Result<void> filterPolicyDaemonCalls(Sanitizers sanitizers)
{
    SystemCallFilter filter;
    filter.allow(Calls);
    filter.allowMemory();
    filter.allowFcntl(FcntlCommands);
    filter.allowUnixSockets(SocketCalls);
    filter.allowIf(SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
    if (sanitizers == Sanitizers::Present) {
        filter.allowReports();
    }
    return filter.load();
}

Result<void> confinePolicyDaemon(const std::string &socketDirectory)
{
    BH_CHECK(giveUpPrivileges());
    if (BuildSanitizers == Sanitizers::Absent) { // their reports read /proc
        BH_CHECK(closePolicyDaemonFiles(socketDirectory));
    }
    return filterPolicyDaemonCalls(BuildSanitizers);
}

} // namespace Bulkhead::Qrexec
