// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/memory/memoryhost.h"

#include <memory>

namespace Bulkhead
{

/// The memory of Xen's domains, by the hypervisor's own interface: libxl's refuses what the balancer needs, and keeps
/// a domain's lock meanwhile.
/// @source spec xen-domains 2.3; spec qube-model 14.6
/// @errors Driver (no hypervisor, or not for us), Io
[[nodiscard]] Result<std::unique_ptr<Memory::MemoryHost>> makeXenMemory();

} // namespace Bulkhead
