// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>

namespace Bulkhead
{

/// Takes from this process all that it does not need, for ever and before the first byte of a domain (spec security,
/// R-18 and section 3): new privileges, core files, every file outside `directory`, every system call but the listed
/// ones. What is not listed kills the process. Builds with sanitizers keep their files: the reports need them.
/// Not enforced where the kernel has no Landlock.
/// @param directory  where domains' sockets come and go
/// @errors Io
[[nodiscard]] Result<void> confine(const std::string &directory);

} // namespace Bulkhead
