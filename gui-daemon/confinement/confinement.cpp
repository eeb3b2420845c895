// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/confinement/confinement.h"

#ifdef BULKHEAD_XEN
#include "vchan-io/transport/xenkernel.h"
#endif

#include <fcntl.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace Bulkhead
{
namespace
{

constexpr rlim_t WireHalfDescriptors = 32;

/// What both halves live on: descriptors that are open, memory that is not executable, time, their own end.
constexpr std::array CommonCalls{
    SCMP_SYS(read),           SCMP_SYS(write),         SCMP_SYS(readv),
    SCMP_SYS(writev),         SCMP_SYS(recvmsg),       SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom),       SCMP_SYS(sendto),        SCMP_SYS(poll),
    SCMP_SYS(ppoll),          SCMP_SYS(epoll_wait),    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2),   SCMP_SYS(epoll_ctl),     SCMP_SYS(munmap),
    SCMP_SYS(mremap),         SCMP_SYS(madvise),       SCMP_SYS(brk),
    SCMP_SYS(futex),          SCMP_SYS(clock_gettime), SCMP_SYS(close),
    SCMP_SYS(fstat),          SCMP_SYS(newfstatat),    SCMP_SYS(shutdown),
    SCMP_SYS(exit),           SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(getrandom),     SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),    SCMP_SYS(fstatfs), // is a received descriptor memory?
};

/// Pictures for the X server, the wire half's end, and bulkhead-clipboard, which comes to a socket that is open.
constexpr std::array ScreenCalls{
    SCMP_SYS(memfd_create), SCMP_SYS(ftruncate), SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(accept4)};

/// fcntl() on descriptors that are open: their flags, their seals, another number for them.
constexpr std::array FcntlCommands{F_GETFL, F_GETFD, F_SETFD, F_GET_SEALS};
constexpr std::array ScreenFcntlCommands{F_ADD_SEALS, F_DUPFD_CLOEXEC};

/// Waking the agent, mapping the pages that it names and letting them go; binding, granting and the rest stay closed.
void allowXenRequests([[maybe_unused]] SystemCallFilter &filter)
{
#ifdef BULKHEAD_XEN
    for (const unsigned long request : xenRequestsOfAnOpenClient()) {
        filter.allowIf(SCMP_SYS(ioctl), 1, ~std::uint64_t{0}, request);
    }
#endif
}

} // namespace

Result<void> limitResources(Half half)
{
    const rlimit descriptors{.rlim_cur = WireHalfDescriptors, .rlim_max = WireHalfDescriptors};
    if (half == Half::Wire && setrlimit(RLIMIT_NOFILE, &descriptors) != 0) {
        return failErrno(errno, "limiting descriptors");
    }
    // What a guest sent must not be read out of this process by others of the same user, either.
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return failErrno(errno, "closing the memory to others");
    }
    return giveUpPrivileges();
}

Result<void> filterSystemCalls(Half half, Sanitizers sanitizers)
{
    SystemCallFilter filter;
    filter.allow(CommonCalls);
    filter.allowMemory();
    filter.allowFcntl(FcntlCommands);
    if (half == Half::Screen) {
        filter.allow(ScreenCalls);
        filter.allowFcntl(ScreenFcntlCommands);
    } else {
        allowXenRequests(filter);
    }
    if (sanitizers == Sanitizers::Present) {
        filter.allowReports();
    }
    return filter.load();
}

Result<void> confine(Half half)
{
    BH_CHECK(limitResources(half));
    if (BuildSanitizers == Sanitizers::Absent) { // their reports read /proc
        BH_CHECK(closeFileSystem());
    }
    return filterSystemCalls(half, BuildSanitizers);
}

} // namespace Bulkhead
