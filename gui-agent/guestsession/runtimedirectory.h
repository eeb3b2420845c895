// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>

namespace Bulkhead::GuestSession
{

/// The session's own folder, `bulkhead` in XDG_RUNTIME_DIR (or in /run/user/<uid> where that is not set). Makes both
/// where they are missing, for the user alone.
/// @errors Io (they cannot be made)
[[nodiscard]] Result<std::string> ensureRuntimeDirectory();

/// Where those that wait for the session ask.
[[nodiscard]] inline std::string readySocketIn(const std::string &runtimeDirectory)
{
    return runtimeDirectory + "/session.sock";
}

} // namespace Bulkhead::GuestSession
