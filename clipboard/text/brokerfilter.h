// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/confinement.h"
#include "base/error.h"

#include <span>

namespace Bulkhead
{

/// The filter of dom0's brokers between qubes: memory, a loop, and sockets of this machine, to the gui-daemons that
/// come later and to the policy; whatever else kills. For ever, for this process.
/// @param own  further system calls that this broker makes, SCMP_SYS(…)
/// @errors Io
[[nodiscard]] Result<void> filterBrokerCalls(std::span<const int> own, Sanitizers sanitizers);

} // namespace Bulkhead
