// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "gui-daemon/identity.h"
#include "gui-daemon/screenhalf/x11/connection.h"
#include "gui-daemon/strip.h"

#include <sys/types.h>

#include <memory>

namespace Bulkhead
{

/// The half that shows windows. Confines itself and serves the X server and the wire half until one of them ends.
/// @param wire       the socket to the wire half
/// @param wireHalf   its process, whose exit status becomes ours
/// @return the process's exit status, an ExitStatus
[[nodiscard]] int runScreenHalf(const Identity &identity,
                                std::unique_ptr<Screen::Connection> connection,
                                const StripPicture &strip,
                                UniqueFd wire,
                                pid_t wireHalf);

} // namespace Bulkhead
