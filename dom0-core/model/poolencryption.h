// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/pools.h"

namespace Bulkhead
{

/// Whether volatile volumes in a pool can be encrypted with a key that nobody keeps: they must be block devices.
/// @errors NotImplemented
/// @source spec qube-model, 8.3
[[nodiscard]] Checked<void> checkPoolEncrypts(const PoolConfig &pool);

} // namespace Bulkhead
