// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "dom0-core/driver/local/sandbox/layers.h"
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"

namespace Bulkhead
{

/// What the clone in the qube's new namespaces does: waits for a byte from `go` (the ids are mapped then), makes itself
/// at home and becomes the qube's process 1. On failure it writes its reason to `errors` and exits; on success `errors`
/// closes without a word.
[[noreturn]] void
becomeProcess1(const SandboxConfig &config, const DetachedMounts &mounts, const UniqueFd &go, const UniqueFd &errors);

} // namespace Bulkhead
