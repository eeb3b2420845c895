// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"

namespace Bulkhead
{

/// Makes one qube and stays beside it until it ends: the process that the unit's supervisor watches. Runs in the
/// service folder, which must be writable, as root or as the root of a user namespace.
///
/// - Once process 1 of the qube runs, its ProcessIdentity is in UnitFile::Process1. Once it has written a line to its
///   descriptor 3 or closed it, a line goes to `notification` (s6's readiness).
/// - SIGTERM, SIGINT and SIGHUP are passed to process 1 as SIGTERM, which ends a guest in order. One that comes before
///   process 1 looks for it is not lost.
/// - When process 1 has ended, UnitFile::Exit says how. Should this process die first, the kernel ends the qube.
///
/// Why not a ready-made sandbox program: a qube needs a range of ids of its own and its files under these ids, and
/// signals that reach its process 1.
/// @param notification  closed before the qube's process 1 starts; -1 for none
/// @return the exit status for the supervisor: 0 after an end in order
/// @errors Io, NotFound, Unsupported: the qube could not be made; nothing of it is left
[[nodiscard]] Result<int> runSandbox(const SandboxConfig &config, int notification);

} // namespace Bulkhead
