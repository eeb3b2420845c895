// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/confinement.h"

#include "clipboard/text/brokerfilter.h"

#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>

#include <array>
#include <cerrno>

namespace Bulkhead::Clipboard
{

namespace
{

/// It listens, and removes its sockets in the end.
constexpr std::array Calls{SCMP_SYS(accept4), SCMP_SYS(lstat), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(getpid)};

} // namespace

Result<void> filterSystemCalls(Sanitizers sanitizers)
{
    return filterBrokerCalls(Calls, sanitizers);
}

Result<void> confine(const std::string &directory)
{
    BH_CHECK(giveUpPrivileges());
    // What a person copied must not be read out of this process by others of the same user.
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return failErrno(errno, "closing the memory to others");
    }
    if (BuildSanitizers == Sanitizers::Absent) { // their reports read /proc
        const std::array open{OpenDirectory{.path = directory, .rights = LANDLOCK_ACCESS_FS_REMOVE_FILE}};
        BH_CHECK(closeFileSystemExcept(open));
    }
    return filterSystemCalls(BuildSanitizers);
}

} // namespace Bulkhead::Clipboard
