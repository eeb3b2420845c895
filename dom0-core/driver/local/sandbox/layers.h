// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"

#include <optional>
#include <vector>

namespace Bulkhead
{

/// The host's directories that a qube gets to see, each as a mount that is attached nowhere yet. Made by the monitor,
/// whose rights it takes, and attached by the child inside the qube's own mount namespace.
struct DetachedMounts {
    std::vector<UniqueFd> layers;    ///< read-only, the lowest first
    std::optional<UniqueFd> changes; ///< holds the overlay's upper and work
    std::optional<UniqueFd> privateVolume;
    std::optional<UniqueFd> exchangeDirectory;
};

/// @errors Io, NotFound: a directory that is not there or cannot be mounted again
[[nodiscard]] Result<DetachedMounts> openMounts(const SandboxConfig &config);

/// Shows layers and private volume with the ids of `userNamespace`: what root owns on disk belongs to the qube's root,
/// and what the qube writes is stored under the ids that it sees itself. So a qube's data does not depend on the range
/// it happens to run with. The exchange directory stays as it is: nothing in there is the qube's.
/// @errors Unsupported (a file system that cannot map ids), Io
[[nodiscard]] Result<void> mapIds(const DetachedMounts &mounts, int userNamespace);

} // namespace Bulkhead
