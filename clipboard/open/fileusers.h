// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"

#include <string>
#include <vector>

namespace Bulkhead::FileCopy
{

/// Processes that have a file, on their command line or open, other than this one. Each descriptor is a process's own
/// (pidfd_open(2)) and readable once that has ended.
/// @param path  absolute, without links; it need not exist
[[nodiscard]] std::vector<UniqueFd> usersOf(const std::string &path);

} // namespace Bulkhead::FileCopy
