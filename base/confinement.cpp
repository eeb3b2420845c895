// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/confinement.h"

#include "base/fd.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#ifdef BULKHEAD_SANITIZED
/// Looking for leaks at exit needs ptrace, which no confined process has; whatever can confine itself links this. The
/// tests of the libraries look.
extern "C" const char *__asan_default_options(); // NOLINT: the runtime's name

extern "C" const char *__asan_default_options() // NOLINT
{
    return "detect_leaks=0";
}
#endif

namespace Bulkhead
{

namespace
{

constexpr std::array ReportCalls{
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
    SCMP_SYS(sched_yield),
};

/// The version that knows LANDLOCK_ACCESS_FS_REFER. Older ones forbid what it allows, whatever the rules say.
constexpr long WithRefer = 2;

bool kernelHasLandlock(long version = 1)
{
    return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) >= version;
}

/// Handles all of Landlock's first version: what no rule allows is forbidden.
UniqueFd makeRuleset(std::uint64_t more = 0)
{
    landlock_ruleset_attr handled{};
    handled.handled_access_fs = ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1) | more;
    return UniqueFd(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0)));
}

Result<void> leaveOpen(const UniqueFd &ruleset, const UniqueFd &folder, std::uint64_t rights)
{
    landlock_path_beneath_attr beneath{};
    beneath.allowed_access = rights;
    beneath.parent_fd = folder.get();
    return ::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0
        ? Result<void>{}
        : failErrno(errno, "closing the file system");
}

bool enforce(const UniqueFd &ruleset)
{
    return ruleset && ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
}

} // namespace

Result<void> giveUpPrivileges()
{
    const rlimit noCore{.rlim_cur = 0, .rlim_max = 0};
    if (::setrlimit(RLIMIT_CORE, &noCore) != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return failErrno(errno, "giving up privileges");
    }
    return {};
}

Result<void> closeFileSystem()
{
    if (kernelHasLandlock() && !enforce(makeRuleset())) {
        return failErrno(errno, "closing the file system");
    }
    return {};
}

Result<void> closeFileSystemExcept(std::span<const OpenDirectory> directories)
{
    const bool isMoving = std::ranges::any_of(directories, [](const OpenDirectory &directory) {
        return (directory.rights & LANDLOCK_ACCESS_FS_REFER) != 0;
    });
    const bool enforced = kernelHasLandlock(isMoving ? WithRefer : 1);
    const UniqueFd ruleset = enforced ? makeRuleset(isMoving ? LANDLOCK_ACCESS_FS_REFER : 0) : UniqueFd();
    for (const auto &directory : directories) {
        const UniqueFd folder(::open(directory.path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!folder) {
            return failErrno(errno, "opening " + directory.path);
        }
        if (enforced) {
            BH_CHECK(leaveOpen(ruleset, folder, directory.rights));
        }
    }
    return !enforced || enforce(ruleset) ? Result<void>{} : failErrno(errno, "closing the file system");
}

void SystemCallFilter::Release::operator()(void *context) const noexcept
{
    seccomp_release(context);
}

SystemCallFilter::SystemCallFilter()
    : m_context(seccomp_init(SCMP_ACT_KILL_PROCESS))
{
}

void SystemCallFilter::allow(std::span<const int> calls)
{
    for (const int call : calls) {
        keep(seccomp_rule_add(m_context.get(), SCMP_ACT_ALLOW, call, 0));
    }
}

void SystemCallFilter::allowIf(int call, unsigned index, std::uint64_t mask, std::uint64_t value)
{
    const scmp_arg_cmp condition{.arg = index, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
    keep(seccomp_rule_add_array(m_context.get(), SCMP_ACT_ALLOW, call, 1, &condition));
}

void SystemCallFilter::allowMemory()
{
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
        allowIf(call, 2, PROT_EXEC, 0);
    }
}

void SystemCallFilter::allowFcntl(std::span<const int> commands)
{
    for (const int command : commands) {
        allowIf(SCMP_SYS(fcntl), 1, ~0U, static_cast<std::uint64_t>(command));
    }
}

void SystemCallFilter::allowUnixSockets(std::span<const int> calls)
{
    for (const int call : calls) {
        allowIf(call, 0, ~0U, AF_UNIX);
    }
}

void SystemCallFilter::allowReports()
{
    allow(ReportCalls);
    allowIf(SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT, O_RDONLY);
}

Result<void> SystemCallFilter::load()
{
    if (m_context == nullptr || m_error != 0) {
        return failErrno(m_error == 0 ? ENOMEM : -m_error, "making the system call filter");
    }
    const int loaded = seccomp_load(m_context.get());
    return loaded == 0 ? Result<void>{} : failErrno(-loaded, "loading the system call filter");
}

void SystemCallFilter::keep(int result) noexcept
{
    // What another rule allows already needs no further one.
    if (m_error == 0 && result != -EEXIST) {
        m_error = result;
    }
}

} // namespace Bulkhead
