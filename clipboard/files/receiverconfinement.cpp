// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/receiverconfinement.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>

#include <array>
#include <cstdint>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::array Calls{
    // The stream and its answer.
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(close),
    // Files and directories, by descriptors of directories.
    SCMP_SYS(openat2),
    SCMP_SYS(pwrite64),
    SCMP_SYS(ftruncate),
    SCMP_SYS(mkdirat),
    SCMP_SYS(symlinkat),
    SCMP_SYS(unlinkat),
    SCMP_SYS(renameat2),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(utimensat),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fstatfs),
    SCMP_SYS(getdents64),
    SCMP_SYS(lseek),
    SCMP_SYS(flock),
    SCMP_SYS(syncfs),
    // Memory and the end.
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getpid),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

constexpr std::array FcntlCommands{F_GETFL, F_GETFD, F_SETFD};

constexpr std::uint64_t MakeAndMove = LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE
    | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SYM
    | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER;
constexpr std::uint64_t Read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

} // namespace

Result<void> closeReceiverFiles(const std::string &incoming, const QubeName &source, Sanitizers sanitizers)
{
    std::vector<OpenDirectory> open{
        {.path = incoming + '/' + source.text(), .rights = MakeAndMove},
        {.path = incoming + "/.staging", .rights = MakeAndMove},
    };
    if (sanitizers == Sanitizers::Present) {
        open.push_back({.path = "/", .rights = Read});
    }
    return closeFileSystemExcept(open);
}

Result<void> filterReceiverCalls(Sanitizers sanitizers)
{
    SystemCallFilter filter;
    filter.allow(Calls);
    filter.allowMemory();
    filter.allowFcntl(FcntlCommands);
    if (sanitizers == Sanitizers::Present) {
        filter.allowReports();
    }
    return filter.load();
}

Result<void> confineReceiver(const std::string &incoming, const QubeName &source)
{
    BH_CHECK(giveUpPrivileges());
    BH_CHECK(closeReceiverFiles(incoming, source, BuildSanitizers));
    return filterReceiverCalls(BuildSanitizers);
}

} // namespace Bulkhead::FileCopy
