// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/confinement.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <vector>

namespace Bulkhead::Qrexec
{

namespace
{

/// The channel and the clients; then the names of the sockets, which come and go with the agent; then finding the agent
/// and the exchange again.
constexpr std::array Calls{
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendto),
    SCMP_SYS(accept4),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockopt),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fstatfs),
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

    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),

    SCMP_SYS(connect),
    SCMP_SYS(inotify_init1),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(inotify_add_watch),
};

constexpr std::array SocketCalls{SCMP_SYS(socket)};
constexpr std::array FcntlCommands{F_GETFL, F_SETFL, F_SETFD, F_GET_SEALS};

} // namespace

Result<void> closeDaemonFiles(const std::string &socketDirectory, const DeviceAccess &devices)
{
    std::vector<OpenDirectory> open{
        {.path = socketDirectory,
         .rights = LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REMOVE_FILE}};
    if (!devices.directory.empty()) {
        open.push_back(
            {.path = devices.directory, .rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE});
    }
    return closeFileSystemExcept(open);
}

Result<void> filterDaemonCalls(Sanitizers sanitizers, const DeviceAccess &devices)
{
    SystemCallFilter filter;
    filter.allow(Calls);
    filter.allowMemory();
    filter.allowFcntl(FcntlCommands);
    filter.allowUnixSockets(SocketCalls);
    if (!devices.directory.empty()) {
        // An agent that comes back is found again in this process; Where the kernel has Landlock,
        // that holds what may be opened to the devices.
        filter.allowIf(SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT, O_RDWR);
    }
    for (const unsigned long request : devices.requests) {
        filter.allowIf(SCMP_SYS(ioctl), 1, ~std::uint64_t{0}, request);
    }
    if (sanitizers == Sanitizers::Present) {
        filter.allowReports();
    }
    return filter.load();
}

Result<void> confineDaemon(const std::string &socketDirectory, const DeviceAccess &devices)
{
    BH_CHECK(giveUpPrivileges());
    // What a qube sent must not be read out of this process by others of the same user, either.
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return failErrno(errno, "closing the memory to others");
    }
    if (BuildSanitizers == Sanitizers::Absent) { // their reports read /proc
        BH_CHECK(closeDaemonFiles(socketDirectory, devices));
    }
    return filterDaemonCalls(BuildSanitizers, devices);
}

} // namespace Bulkhead::Qrexec
