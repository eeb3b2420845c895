// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/exchange/confinement.h"

#include "base/confinement.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>

#include <array>

namespace Bulkhead
{

namespace
{

/// Requests, channels and pages; then what a domain's socket needs to come and go.
constexpr std::array Calls{
    SCMP_SYS(read),         SCMP_SYS(write),          SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),      SCMP_SYS(recvfrom),       SCMP_SYS(sendto),
    SCMP_SYS(accept4),      SCMP_SYS(shutdown),       SCMP_SYS(getsockopt),
    SCMP_SYS(epoll_pwait),  SCMP_SYS(epoll_ctl),      SCMP_SYS(close),
    SCMP_SYS(fstat),        SCMP_SYS(newfstatat),     SCMP_SYS(lstat),
    SCMP_SYS(fstatfs),      SCMP_SYS(ftruncate),      SCMP_SYS(memfd_create),
    SCMP_SYS(munmap),       SCMP_SYS(mremap),         SCMP_SYS(madvise),
    SCMP_SYS(brk),          SCMP_SYS(futex),          SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),    SCMP_SYS(exit),           SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall),
    SCMP_SYS(bind),         SCMP_SYS(listen),         SCMP_SYS(openat),
    SCMP_SYS(mkdir),        SCMP_SYS(mkdirat),        SCMP_SYS(rmdir),
    SCMP_SYS(unlink),       SCMP_SYS(unlinkat),       SCMP_SYS(chmod),
    SCMP_SYS(fchmodat),     SCMP_SYS(rename),         SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
};

constexpr std::array FcntlCommands{F_GETFL, F_GET_SEALS, F_ADD_SEALS, F_DUPFD_CLOEXEC};

constexpr std::array SocketCalls{SCMP_SYS(socket), SCMP_SYS(socketpair)};

Result<void> filterSystemCalls()
{
    SystemCallFilter filter;
    filter.allow(Calls);
    filter.allowMemory();
    filter.allowUnixSockets(SocketCalls);
    filter.allowFcntl(FcntlCommands);
    if (BuildSanitizers == Sanitizers::Present) {
        filter.allowReports();
    }
    return filter.load();
}

/// Only `directory` stays: sockets, folders and small files are made and removed there.
Result<void> closeFileSystem(const std::string &directory)
{
    const std::array open{OpenDirectory{.path = directory,
                                        .rights = LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_DIR
                                            | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE
                                            | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_READ_FILE
                                            | LANDLOCK_ACCESS_FS_WRITE_FILE}};
    return closeFileSystemExcept(open);
}

} // namespace

Result<void> confine(const std::string &directory)
{
    BH_CHECK(giveUpPrivileges());
    if (BuildSanitizers == Sanitizers::Absent) {
        BH_CHECK(closeFileSystem(directory));
    }
    return filterSystemCalls();
}

} // namespace Bulkhead
