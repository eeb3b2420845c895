// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <string_view>

namespace Bulkhead
{

/// MemAvailable of a /proc/meminfo, in KiB.
/// @errors BadValue
[[nodiscard]] Result<std::uint64_t> availableMemoryKiB(std::string_view meminfo);

/// Whether the machine has this much to give now.
/// @errors TooMuch, in words for the person; Io
[[nodiscard]] Result<void> checkMemory(std::uint32_t neededMiB);

} // namespace Bulkhead
