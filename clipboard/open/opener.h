// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>

namespace Bulkhead::FileCopy
{

/// Opens a file or an address with what the desktop has for it. Its output goes to our standard error.
/// @return what the opener ended with
/// @errors Io, NotFound (there is no opener)
[[nodiscard]] Result<int> openWithDesktop(const std::string &what);

/// Returns when no process has the path on its command line any more: openers leave what they start.
void waitUntilUnused(const std::string &path);

} // namespace Bulkhead::FileCopy
