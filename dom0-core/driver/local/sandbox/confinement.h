// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"

namespace Bulkhead
{

/// What the network namespace needs before anything is plugged in: loopback, ping for everyone, forwarding if asked.
/// @errors Io
[[nodiscard]] Result<void> prepareNetwork(const SandboxConfig &config);

/// The last step before process 1 starts: no further user namespaces, no new privileges, and of the capabilities in
/// its own namespaces only those that package scripts and daemons use on files and users. A net qube keeps the right to
/// its own network namespace besides: its firewall is made in it, as on a real system.
/// @errors Io
[[nodiscard]] Result<void> dropRights(const SandboxConfig &config);

} // namespace Bulkhead
