// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"

#include <cstdint>
#include <string_view>

namespace Bulkhead
{

/// Whether the qube's memory can grow past what it was started with.
/// @source spec qube-model, 14.2
[[nodiscard]] bool hasMemoryHotplug(const Model &model, const Qube &qube);

/// Whether the qube could take part in the balancing of memory.
/// @source spec qube-model, 14.1
[[nodiscard]] bool canBalanceMemory(const Model &model, const Qube &qube);

/// The `maxmem` of a qube that has none of its own, in MiB.
/// @source spec qube-model, 5.3
[[nodiscard]] std::uint64_t defaultMaxMemoryMiB(const Model &model, const Qube &qube);

} // namespace Bulkhead
