// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/exchange/confinement.h"

#include "base/fd.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>

namespace Bulkhead
{

namespace
{

#ifdef BULKHEAD_SANITIZED
constexpr bool IsSanitized = true;
#else
constexpr bool IsSanitized = false;
#endif

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

/// What the sanitizers' runtimes call to write a report.
constexpr std::array SanitizerCalls{
    SCMP_SYS(readlink),  SCMP_SYS(readlinkat), SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigaction),
    SCMP_SYS(gettid),    SCMP_SYS(getpid),     SCMP_SYS(tgkill),      SCMP_SYS(getrlimit),
    SCMP_SYS(prlimit64), SCMP_SYS(lseek),      SCMP_SYS(mincore),     SCMP_SYS(ioctl),
    SCMP_SYS(pread64),   SCMP_SYS(stat),       SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcwd),    SCMP_SYS(dup),        SCMP_SYS(pipe2),
};

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

    void allowIf(int call, const scmp_arg_cmp &condition)
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
    struct Release {
        void operator()(void *context) const
        {
            seccomp_release(context);
        }
    };

    void keep(int result)
    {
        m_error = m_error == 0 ? result : m_error;
    }

    std::unique_ptr<void, Release> m_context;
    int m_error = 0;
};

Result<void> filterSystemCalls()
{
    Filter filter;
    filter.allow(Calls);
    const auto withoutExec = SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    filter.allowIf(SCMP_SYS(mmap), withoutExec);
    filter.allowIf(SCMP_SYS(mprotect), withoutExec);
    for (const int call : {SCMP_SYS(socket), SCMP_SYS(socketpair)}) {
        filter.allowIf(call, SCMP_CMP64(0, SCMP_CMP_EQ, AF_UNIX));
    }
    for (const int command : FcntlCommands) {
        filter.allowIf(SCMP_SYS(fcntl), SCMP_CMP64(1, SCMP_CMP_EQ, static_cast<scmp_datum_t>(command)));
    }
    if (IsSanitized) {
        filter.allow(SanitizerCalls);
    }
    return filter.load();
}

/// Only `directory` stays: sockets, folders and small files are made and removed there.
Result<void> closeFileSystem(const std::string &directory)
{
    if (::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1) {
        return {};
    }
    landlock_ruleset_attr handled{};
    handled.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; // all of Landlock's first version
    const UniqueFd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0)));
    const UniqueFd folder(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    landlock_path_beneath_attr beneath{};
    beneath.allowed_access = LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG
        | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_READ_FILE
        | LANDLOCK_ACCESS_FS_WRITE_FILE;
    beneath.parent_fd = folder.get();
    if (!ruleset || !folder
        || ::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0
        || ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
        return failErrno(errno, "closing the file system");
    }
    return {};
}

} // namespace

Result<void> confine(const std::string &directory)
{
    const rlimit noCore{.rlim_cur = 0, .rlim_max = 0};
    if (::setrlimit(RLIMIT_CORE, &noCore) != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return failErrno(errno, "giving up privileges");
    }
    if (!IsSanitized) {
        BH_CHECK(closeFileSystem(directory));
    }
    return filterSystemCalls();
}

} // namespace Bulkhead
