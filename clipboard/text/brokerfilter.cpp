// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/brokerfilter.h"

#include <fcntl.h>
#include <seccomp.h>

#include <array>

namespace Bulkhead
{

namespace
{

constexpr std::array Calls{
    SCMP_SYS(read),        SCMP_SYS(write),           SCMP_SYS(recvmsg),      SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom),    SCMP_SYS(sendto),          SCMP_SYS(connect),      SCMP_SYS(shutdown),
    SCMP_SYS(getsockopt),  SCMP_SYS(epoll_create1),   SCMP_SYS(epoll_ctl),    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2),    SCMP_SYS(close),        SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),  SCMP_SYS(munmap),          SCMP_SYS(mremap),       SCMP_SYS(madvise),
    SCMP_SYS(brk),         SCMP_SYS(futex),           SCMP_SYS(getrandom),    SCMP_SYS(clock_gettime),
    SCMP_SYS(exit),        SCMP_SYS(exit_group),      SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sched_yield), SCMP_SYS(restart_syscall),
};

/// Sockets to daemons and to the policy; streams of texts and calls.
constexpr std::array SocketCalls{SCMP_SYS(socket), SCMP_SYS(socketpair)};
constexpr std::array FcntlCommands{F_GETFL, F_SETFL, F_SETFD};

} // namespace

Result<void> filterBrokerCalls(std::span<const int> own, Sanitizers sanitizers)
{
    SystemCallFilter filter;
    filter.allow(Calls);
    filter.allow(own);
    filter.allowMemory();
    filter.allowFcntl(FcntlCommands);
    filter.allowUnixSockets(SocketCalls);
    if (sanitizers == Sanitizers::Present) {
        filter.allowReports();
    }
    return filter.load();
}

} // namespace Bulkhead
