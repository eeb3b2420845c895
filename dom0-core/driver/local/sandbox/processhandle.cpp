// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/processhandle.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace Bulkhead
{

// System calls by number: the C library's header for these two is not made for C++.

Result<UniqueFd> openProcess(const ProcessIdentity &identity)
{
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, identity.pid, 0)));
    if (!pidfd) {
        if (errno == ESRCH) {
            return fail(Errc::NotFound, "the process has gone");
        }
        return failErrno(errno, "cannot open a process");
    }
    // Held open, the number cannot change hands any more: now the start time tells whose it is.
    BH_TRY(const auto found, ProcessIdentity::of(identity.pid));
    if (found != identity) {
        return fail(Errc::NotFound, "the process has gone");
    }
    return pidfd;
}

Result<void> signalProcess(const UniqueFd &pidfd, int number)
{
    if (::syscall(SYS_pidfd_send_signal, pidfd.get(), number, nullptr, 0) != 0 && errno != ESRCH) {
        return failErrno(errno, "cannot signal a process");
    }
    return {};
}

} // namespace Bulkhead
