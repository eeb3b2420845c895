// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyadmin/confinement.h"

#include "base/confinement.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>

#include <array>
#include <cstdint>

namespace Bulkhead::Qrexec
{

namespace
{

/// Its two streams; policy files as they are read; the directory, its lock and what is changed in it.
constexpr std::array Calls{
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(close),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),
    SCMP_SYS(geteuid),
    SCMP_SYS(getpid),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getcwd),

    SCMP_SYS(openat),
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

    SCMP_SYS(flock),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(fsync),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(unlinkat),
    SCMP_SYS(mkdirat),
};

constexpr std::uint64_t ReadRights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
/// With the second version's right to move a file from a folder into the one beside it.
constexpr std::uint64_t ChangeRights = ReadRights | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG
    | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REFER;

} // namespace

Result<void> confinePolicyAdmin(const std::string &policyDirectory)
{
    BH_CHECK(giveUpPrivileges());
    if (BuildSanitizers == Sanitizers::Absent) { // their reports read /proc
        const std::array open{OpenDirectory{.path = "/", .rights = ReadRights | LANDLOCK_ACCESS_FS_REFER},
                              OpenDirectory{.path = policyDirectory, .rights = ChangeRights}};
        BH_CHECK(closeFileSystemExcept(open));
    }
    constexpr std::array FcntlCommands{F_GETFL, F_SETFL, F_SETFD, F_GETFD};
    SystemCallFilter filter;
    filter.allow(Calls);
    filter.allowMemory();
    filter.allowFcntl(FcntlCommands);
    if (BuildSanitizers == Sanitizers::Present) {
        filter.allowReports();
    }
    return filter.load();
}

} // namespace Bulkhead::Qrexec
