// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace Bulkhead::Drag
{

/// The first word with which an agent starts its own program to measure files: trees may be large, and it is to stay
/// at its work. The paths follow.
inline constexpr const char *MeasureOption = "--measure";

/// What the files and directories hold, in bytes.
/// @errors of lookThrough() and openSource()
[[nodiscard]] Result<std::uint64_t> measureFiles(const std::vector<std::string> &paths);

/// The whole of that program: prints the number.
/// @param paths  of its arguments
/// @return what it ends with
[[nodiscard]] int runMeasurer(std::span<char *const> paths);

} // namespace Bulkhead::Drag
