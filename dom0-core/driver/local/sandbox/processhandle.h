// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"

namespace Bulkhead
{

/// Opens the very process that `identity` names: readable once it has ended.
/// @errors NotFound (it has gone, and its number may be another's now), Io
[[nodiscard]] Result<UniqueFd> openProcess(const ProcessIdentity &identity);

/// Sends a signal to the process that `pidfd` stands for. One that has ended is no error.
/// @errors Io
[[nodiscard]] Result<void> signalProcess(const UniqueFd &pidfd, int number);

} // namespace Bulkhead
