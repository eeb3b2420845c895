// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace Bulkhead
{

/// The processes of a qube, found from its process 1 down: in a pid namespace each one descends from it.
/// Processes come and go meanwhile; one that has gone is left out.
[[nodiscard]] std::vector<pid_t> processTree(pid_t process1);

/// Stops all of them. A stopped process makes no children, so the tree is walked until nothing new is found. None runs
/// on; the kernel shows one as stopped when its turn comes, which on a busy machine is later.
/// @errors Io, NotFound (process 1 has gone)
[[nodiscard]] Result<void> stopProcessTree(pid_t process1);
/// @errors Io, NotFound
[[nodiscard]] Result<void> continueProcessTree(pid_t process1);

/// Memory that the processes of the tree would give back, in KiB: what they share counts for each in part.
[[nodiscard]] std::uint64_t memoryOfProcessTree(pid_t process1);

} // namespace Bulkhead
