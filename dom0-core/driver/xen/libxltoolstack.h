// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/xen/builderrun.h"
#include "dom0-core/driver/xen/toolstack.h"

#include <memory>

namespace Bulkhead
{

/// Xen's own toolstack, through libxl's hooks inside Qt's loop: one context, one thread. Building, where libxl holds
/// its lock for seconds, is another process's.
/// @errors Unsupported, in words: no Xen here, or its toolstack does not run; Io
[[nodiscard]] Result<std::unique_ptr<Toolstack>> makeLibxlToolstack(const BuilderProgram &builder);

} // namespace Bulkhead
