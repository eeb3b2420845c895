// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"

#include <string_view>

namespace Bulkhead
{

/// Takes the file `RUNTIME_DIR/bulkhead/gui-daemon.DOMID`, which says that this qube has its daemon: locked as long as
/// the returned descriptor is open, holding our process id and a newline. bulkhead-session finds running daemons by it.
/// @param runtimeDirectory  XDG_RUNTIME_DIR: absolute, ours
/// @errors InUse (another daemon serves this qube), BadValue (no such directory named), Io
[[nodiscard]] Result<UniqueFd> takeRunFile(std::string_view runtimeDirectory, DomId domain);

} // namespace Bulkhead
