// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "dom0-core/driver/xen/buildorder.h"

namespace Bulkhead
{

/// Makes the domain, paused, and holds its rights in xenstore against what they should be. On failure libxl has taken
/// back what it made, and a domain with wrong rights is destroyed again. Blocks for seconds.
/// @errors Driver (in libxl's words), TooMuch (memory), Refused (rights), Unsupported (no Xen)
[[nodiscard]] Result<DomId> buildDomain(const BuildOrder &order);

} // namespace Bulkhead
