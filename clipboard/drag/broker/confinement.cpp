// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/confinement.h"

#include "clipboard/text/brokerfilter.h"

#include <seccomp.h>

#include <array>

namespace Bulkhead::Drag
{

namespace
{

/// The X library's.
constexpr std::array Calls{SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(poll), SCMP_SYS(ppoll)};

} // namespace

Result<void> filterSystemCalls(Sanitizers sanitizers)
{
    return filterBrokerCalls(Calls, sanitizers);
}

Result<void> confine()
{
    BH_CHECK(giveUpPrivileges());
    if (BuildSanitizers == Sanitizers::Absent) { // their reports read /proc
        BH_CHECK(closeFileSystem());
    }
    return filterSystemCalls(BuildSanitizers);
}

} // namespace Bulkhead::Drag
