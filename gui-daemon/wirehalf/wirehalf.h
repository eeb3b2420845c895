// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "base/geometry.h"
#include "gui-daemon/identity.h"

#include <memory>

namespace Bulkhead
{

class Backend;

/// The half that reads the guest. Opens the channel, waits for the agent without limit, confines itself and serves the
/// session until it ends.
/// @param backend  opened already
/// @param screen   the socket to the screen half
/// @param root     size of the screen
/// @return the process's exit status, an ExitStatus
[[nodiscard]] int runWireHalf(const Identity &identity, std::unique_ptr<Backend> backend, UniqueFd screen, Size root);

} // namespace Bulkhead
