// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/confinement.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>

#include <array>
#include <cerrno>

namespace Bulkhead::Clipboard
{

namespace
{

constexpr std::array Calls{
    SCMP_SYS(read),        SCMP_SYS(write),           SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),     SCMP_SYS(recvfrom),        SCMP_SYS(sendto),
    SCMP_SYS(accept4),     SCMP_SYS(connect),         SCMP_SYS(shutdown),
    SCMP_SYS(getsockopt),  SCMP_SYS(epoll_create1),   SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),  SCMP_SYS(epoll_pwait),     SCMP_SYS(epoll_pwait2),
    SCMP_SYS(close),       SCMP_SYS(fstat),           SCMP_SYS(newfstatat),
    SCMP_SYS(lstat),       SCMP_SYS(unlink),          SCMP_SYS(unlinkat),
    SCMP_SYS(munmap),      SCMP_SYS(mremap),          SCMP_SYS(madvise),
    SCMP_SYS(brk),         SCMP_SYS(futex),           SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),   SCMP_SYS(getpid),          SCMP_SYS(exit),
    SCMP_SYS(exit_group),  SCMP_SYS(rt_sigreturn),    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sched_yield), SCMP_SYS(restart_syscall),
};

/// Streams for texts, sockets to daemons and to the policy.
constexpr std::array SocketCalls{SCMP_SYS(socket), SCMP_SYS(socketpair)};
constexpr std::array FcntlCommands{F_GETFL, F_SETFL, F_SETFD};

} // namespace

Result<void> filterSystemCalls(Sanitizers sanitizers)
{
    SystemCallFilter filter;
    filter.allow(Calls);
    filter.allowMemory();
    filter.allowFcntl(FcntlCommands);
    filter.allowUnixSockets(SocketCalls);
    if (sanitizers == Sanitizers::Present) {
        filter.allowReports();
    }
    return filter.load();
}

Result<void> confine(const std::string &directory)
{
    BH_CHECK(giveUpPrivileges());
    // What a person copied must not be read out of this process by others of the same user.
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return failErrno(errno, "closing the memory to others");
    }
    if (BuildSanitizers == Sanitizers::Absent) { // their reports read /proc
        const std::array open{OpenDirectory{.path = directory, .rights = LANDLOCK_ACCESS_FS_REMOVE_FILE}};
        BH_CHECK(closeFileSystemExcept(open));
    }
    return filterSystemCalls(BuildSanitizers);
}

} // namespace Bulkhead::Clipboard
