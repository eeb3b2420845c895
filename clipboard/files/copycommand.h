// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "clipboard/files/copyoptions.h"

namespace Bulkhead::FileCopy
{

/// Does what was asked for, and says on standard error what went wrong.
/// @return the status to exit with: 0; 1; 32 where a desktop's job was cancelled; what the call ended with where that
///   is why
[[nodiscard]] int runCopy(const CopyOptions &options);

} // namespace Bulkhead::FileCopy
