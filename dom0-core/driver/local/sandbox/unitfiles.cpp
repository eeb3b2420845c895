// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/unitfiles.h"

#include "base/formatted.h"

#include <sstream>

namespace Bulkhead
{

Result<ProcessIdentity> ProcessIdentity::of(pid_t pid)
{
    BH_TRY(const auto stat, readSmallFile(formatted("/proc/{}/stat", pid)));
    // The second field is the program's name in parentheses and may hold anything, so fields count from its end.
    const auto afterName = stat.rfind(')');
    if (afterName == std::string::npos) {
        return fail(Errc::Io, "a process has no start time");
    }
    std::istringstream fields(stat.substr(afterName + 1));
    std::string skipped;
    for (int field = 3; field < 22; ++field) {
        fields >> skipped;
    }
    ProcessIdentity identity{.pid = pid, .startTime = 0};
    if (!(fields >> identity.startTime)) {
        return fail(Errc::Io, "a process has no start time");
    }
    return identity;
}

Result<ProcessIdentity> ProcessIdentity::parse(std::string_view text)
{
    std::istringstream in{std::string(text)};
    ProcessIdentity identity;
    if (!(in >> identity.pid >> identity.startTime) || identity.pid <= 0) {
        return fail(Errc::BadValue, "this names no process");
    }
    return identity;
}

std::string ProcessIdentity::text() const
{
    return formatted("{} {}\n", pid, startTime);
}

} // namespace Bulkhead
