// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/confinement/confinement.h"

#include "base/fd.h"
#ifdef BULKHEAD_XEN
#include "vchan-io/transport/xenkernel.h"
#endif

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <type_traits>

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

/// Pictures for the X server, and the wire half's end.
constexpr std::array ScreenCalls{SCMP_SYS(memfd_create), SCMP_SYS(ftruncate), SCMP_SYS(wait4), SCMP_SYS(waitid)};

/// fcntl() on descriptors that are open: their flags, their seals, another number for them.
constexpr std::array<scmp_datum_t, 4> FcntlCommands{F_GETFL, F_GETFD, F_SETFD, F_GET_SEALS};
constexpr std::array<scmp_datum_t, 2> ScreenFcntlCommands{F_ADD_SEALS, F_DUPFD_CLOEXEC};

constexpr std::array SanitizerCalls{
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(tgkill),
    SCMP_SYS(prlimit64),
    SCMP_SYS(getrlimit),
    SCMP_SYS(lseek),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(mincore),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(getcwd),
    SCMP_SYS(stat),
    SCMP_SYS(pread64),
    SCMP_SYS(ioctl),
    SCMP_SYS(dup),
    SCMP_SYS(pipe2),
};

/// Argument number `index` is `value`.
scmp_arg_cmp argument(unsigned index, scmp_datum_t value)
{
    return {.arg = index, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}

/// Argument number `index` has `value` in the bits of `mask`.
scmp_arg_cmp maskedArgument(unsigned index, int mask, int value)
{
    return {.arg = index,
            .op = SCMP_CMP_MASKED_EQ,
            .datum_a = static_cast<scmp_datum_t>(mask),
            .datum_b = static_cast<scmp_datum_t>(value)};
}

class Filter
{
public:
    Filter()
        : m_context(seccomp_init(SCMP_ACT_KILL_PROCESS))
    {
    }

    void allow(std::span<const int> calls)
    {
        for (const int call : calls) {
            keep(seccomp_rule_add(m_context.get(), SCMP_ACT_ALLOW, call, 0));
        }
    }

    void allowIf(int call, scmp_arg_cmp condition)
    {
        keep(seccomp_rule_add_array(m_context.get(), SCMP_ACT_ALLOW, call, 1, &condition));
    }

    [[nodiscard]] Result<void> load()
    {
        if (m_context == nullptr || m_error != 0) {
            return failErrno(m_error == 0 ? ENOMEM : -m_error, "making the system call filter");
        }
        const int loaded = seccomp_load(m_context.get());
        return loaded == 0 ? Result<void>{} : failErrno(-loaded, "loading the system call filter");
    }

private:
    void keep(int result)
    {
        m_error = m_error == 0 ? result : m_error;
    }

    using Release = decltype([](void *context) {
        seccomp_release(context);
    });

    std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, Release> m_context;
    int m_error = 0;
};

/// Waking the agent, mapping the pages that it names and letting them go; binding, granting and the rest stay closed.
void allowXenRequests([[maybe_unused]] Filter &filter)
{
#ifdef BULKHEAD_XEN
    for (const unsigned long request : xenRequestsOfAnOpenClient()) {
        filter.allowIf(SCMP_SYS(ioctl), argument(1, request));
    }
#endif
}

/// libseccomp's context type is `void *`; a unique_ptr<void> with a deleter holds it.
static_assert(std::is_same_v<scmp_filter_ctx, void *>);

} // namespace

Result<void> limitResources(Half half)
{
    const rlimit noCore{.rlim_cur = 0, .rlim_max = 0};
    if (setrlimit(RLIMIT_CORE, &noCore) != 0) {
        return failErrno(errno, "turning core files off");
    }
    const rlimit descriptors{.rlim_cur = WireHalfDescriptors, .rlim_max = WireHalfDescriptors};
    if (half == Half::Wire && setrlimit(RLIMIT_NOFILE, &descriptors) != 0) {
        return failErrno(errno, "limiting descriptors");
    }
    // What a guest sent must not be read out of this process by others of the same user, either.
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return failErrno(errno, "giving up privileges");
    }
    return {};
}

Result<void> forbidFiles()
{
    const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) {
        return {}; // a kernel without Landlock
    }
    landlock_ruleset_attr handled{};
    handled.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; // all of version 1; no rule allows any
    const UniqueFd ruleset(static_cast<int>(syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0)));
    if (!ruleset || syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
        return failErrno(errno, "closing the file system");
    }
    return {};
}

Result<void> filterSystemCalls(Half half, Sanitizers sanitizers)
{
    Filter filter;
    filter.allow(CommonCalls);
    const auto withoutExec = maskedArgument(2, PROT_EXEC, 0);
    filter.allowIf(SCMP_SYS(mmap), withoutExec);
    filter.allowIf(SCMP_SYS(mprotect), withoutExec);
    for (const scmp_datum_t command : FcntlCommands) {
        filter.allowIf(SCMP_SYS(fcntl), argument(1, command));
    }
    if (half == Half::Screen) {
        filter.allow(ScreenCalls);
        for (const scmp_datum_t command : ScreenFcntlCommands) {
            filter.allowIf(SCMP_SYS(fcntl), argument(1, command));
        }
    } else {
        allowXenRequests(filter);
    }
    if (sanitizers == Sanitizers::Present) {
        filter.allow(SanitizerCalls);
        filter.allowIf(SCMP_SYS(openat), maskedArgument(2, O_ACCMODE | O_CREAT, O_RDONLY));
    }
    return filter.load();
}

Result<void> confine(Half half)
{
    BH_CHECK(limitResources(half));
    if (BuildSanitizers == Sanitizers::Absent) { // their reports read /proc
        BH_CHECK(forbidFiles());
    }
    return filterSystemCalls(half, BuildSanitizers);
}

} // namespace Bulkhead
