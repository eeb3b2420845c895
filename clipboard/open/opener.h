// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>

namespace Bulkhead::FileCopy
{

/// What an opener of the desktop ends with where there is nothing that opens such a thing, and where what there is
/// fails. Ours says the same, so that whoever called from another qube can be told. Source: the manual page of
/// xdg-open.
inline constexpr int StatusNoProgram = 3;
inline constexpr int StatusProgramFailed = 4;

/// Opens a file or an address with what the desktop has for it. What it writes goes to the session's own log,
/// `bulkhead/opened.log` in XDG_RUNTIME_DIR, or nowhere if there is none.
/// @return what the opener ended with; StatusNoProgram also where there is no opener at all
/// @errors Io
[[nodiscard]] Result<int> openWithDesktop(const std::string &what);

/// Returns when no process has the file any more, neither on its command line nor open: openers leave what they start.
/// Sleeps until one that has it ends; other users' processes are not seen.
/// @param path  absolute, without links
void waitUntilUnused(const std::string &path);

} // namespace Bulkhead::FileCopy
