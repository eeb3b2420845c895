// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>

namespace Bulkhead::FileCopy
{

/// Makes the directory for all that comes in a mount of its own in this process's eyes, on which nothing is a program,
/// a device, or anybody else's authority: whatever a sender manages to leave there while it comes is dead. Nobody else
/// sees the mount, and it goes with the process. The directory is one mount, so that what is in it can be moved within.
/// Needs a kernel that lets a user make namespaces (or root's rights); without one everything is as it was, or, where
/// only that fails, without the mount. To be called with one thread, before the directory is opened.
/// @param incoming  is made, with mode 0700, if it is missing; may be a link of the person's
/// @errors Io
/// @source spec security, R-44
[[nodiscard]] Result<void> mountIncomingApart(const std::string &incoming);

} // namespace Bulkhead::FileCopy
