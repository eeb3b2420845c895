// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/open/openoptions.h"

namespace Bulkhead::FileCopy
{

/// Lets another qube show a file or an address, waits until it is done, and takes back what was changed there: only
/// where the call ended well, and only if the file is still what it was. A reply that breaks off changes nothing.
/// @return the status to exit with
/// @errors all, in words for the person
[[nodiscard]] Result<int> openElsewhere(const OpenOptions &options);

} // namespace Bulkhead::FileCopy
