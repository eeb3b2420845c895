// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace Bulkhead
{

/// A descriptor of a process: readable once it ended, and never of another one. Empty with errno set if there is none.
/// (The system's own header declares these two without C linkage and cannot be used from C++.)
[[nodiscard]] inline UniqueFd pidFdOpen(pid_t pid)
{
    return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)));
}

/// A process that ended meanwhile is no error.
inline void sendSignal(const UniqueFd &pidFd, int number)
{
    (void)::syscall(SYS_pidfd_send_signal, pidFd.get(), number, nullptr, 0U);
}

} // namespace Bulkhead
