// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/settings/smallfile.h"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// What lies in the service folder of a running qube, beside what s6 keeps there. The sandbox writes the first three,
/// the driver reads them.
namespace UnitFile
{
inline constexpr const char *Process1 = "process-1"; ///< ProcessIdentity of the qube's process 1
inline constexpr const char *Exit = "exit";          ///< how it ended: `0` in order, else words
inline constexpr const char *Error = "error";        ///< why the sandbox could not be made, one line
inline constexpr const char *Stage = "stage"; ///< an empty folder that the sandbox mounts over, in its own namespace
inline constexpr const char *Run = "run";     ///< the sandbox's configuration
inline constexpr const char *Started = "started"; ///< there once the start was complete; written by the driver
} // namespace UnitFile

/// A process so that a later one with the same number is not taken for it.
struct ProcessIdentity {
    pid_t pid = 0;
    std::uint64_t startTime = 0; ///< clock ticks since boot, field 22 of /proc/<pid>/stat

    /// Of a process that runs now.
    /// @errors Io, NotFound (it has gone)
    [[nodiscard]] static Result<ProcessIdentity> of(pid_t pid);
    /// @errors BadValue
    [[nodiscard]] static Result<ProcessIdentity> parse(std::string_view text);
    [[nodiscard]] std::string text() const;

    friend bool operator==(const ProcessIdentity &, const ProcessIdentity &) = default;
};

} // namespace Bulkhead
