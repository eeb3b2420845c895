// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace Bulkhead::GuestMemory
{

/// KiB that this system uses, with what lies in its swap: what it has and cannot give away without loss. Nothing if the
/// text lacks one of the values.
/// @param meminfo  the kernel's /proc/meminfo
[[nodiscard]] std::optional<std::uint64_t> usedKiB(std::string_view meminfo);

} // namespace Bulkhead::GuestMemory
