// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace Bulkhead::FileCopy
{

/// @errors Io
[[nodiscard]] Result<void> writeAll(int to, std::span<const std::byte> bytes);

/// Fills `into` from `from`. @return how much there was before the end
/// @errors Io
[[nodiscard]] Result<std::size_t> readUpTo(int from, std::span<std::byte> into);

/// Copies to the end of `from`.
/// @param limit  bytes
/// @return how many there were
/// @errors Io, TooMuch
[[nodiscard]] Result<std::uint64_t> copyAll(int from, int to, std::uint64_t limit);

} // namespace Bulkhead::FileCopy
