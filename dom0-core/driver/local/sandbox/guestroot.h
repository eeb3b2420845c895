// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/driver/local/sandbox/layers.h"
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"

namespace Bulkhead
{

/// Builds the qube's file system and makes it this process's root; of the old one nothing stays within reach. Runs in
/// the qube's fresh namespaces as the root of its user namespace, in the service folder.
///
/// The layers lie under a volatile one in memory, or under the changes of a root that is kept. /dev holds six harmless
/// devices and its own terminals; /proc is the qube's own; /tmp and /run are in memory; /home and /usr/local come from
/// the private volume. A net qube finds the door to tunnel devices, too, where dom0 has one.
/// @errors Io, in words that say which mount failed
[[nodiscard]] Result<void> enterGuestRoot(const SandboxConfig &config, const DetachedMounts &mounts);

/// Files of /etc that tell the qube who it is.
/// @errors Io
[[nodiscard]] Result<void> writeIdentity(const SandboxConfig &config);

} // namespace Bulkhead
