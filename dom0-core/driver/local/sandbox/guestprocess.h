// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "dom0-core/driver/local/sandbox/layers.h"
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"

namespace Bulkhead
{

/// The child's ends of what it shares with the monitor. Borrowed; none has the number 3.
struct MonitorPipes {
    const UniqueFd &go;     ///< a byte comes once the ids are mapped
    const UniqueFd &errors; ///< why process 1 cannot be; closes without a word when it is there
    const UniqueFd &ready;  ///< becomes descriptor 3 of process 1: it says there that it listens to signals
};

/// What the clone in the qube's new namespaces does: waits for its ids, makes itself at home and becomes the qube's
/// process 1. On failure it says why and exits.
[[noreturn]] void becomeProcess1(const SandboxConfig &config, const DetachedMounts &mounts, const MonitorPipes &pipes);

} // namespace Bulkhead
