// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace Bulkhead::Test
{

/// All that this process shares with others and may write: pages granted on Xen, memory files on the local driver;
/// rings and pixels alike. Each span lives as long as its mapping does.
[[nodiscard]] std::vector<std::span<std::byte>> sharedMemory();

/// Writes other bytes over all of it; each `round` writes others.
void scribble(std::span<const std::span<std::byte>> memory, std::uint32_t round) noexcept;

} // namespace Bulkhead::Test
