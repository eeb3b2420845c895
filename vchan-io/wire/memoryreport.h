// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// What a domain says of the memory that it uses: the value of its node `memory/meminfo` in Xen's store, which it
/// writes as it likes. Source: spec qube-model 14.3; the same form has `memory/static-max`, which is dom0's.
inline constexpr std::string_view MemoryReportNode = "memory/meminfo";

/// Bytes. Nothing unless the value is KiB in decimal digits, at most ten of them.
[[nodiscard]] std::optional<std::uint64_t> parseMemoryReport(std::string_view value) noexcept;

/// The value for so many KiB.
[[nodiscard]] std::string memoryReport(std::uint64_t kib);

} // namespace Bulkhead
