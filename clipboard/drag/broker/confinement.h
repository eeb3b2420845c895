// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/confinement.h"
#include "base/error.h"

namespace Bulkhead::Drag
{

/// Takes from this process all it does not need, for ever (spec security, section 3): no new privileges, no core file,
/// no file, no program, no network; sockets of this machine stay, for the gui-daemons that come later, the policy and
/// the tray, and so does the X connection, which is open.
/// @errors Io
[[nodiscard]] Result<void> confine();

/// The filter alone, for tests.
[[nodiscard]] Result<void> filterSystemCalls(Sanitizers sanitizers);

} // namespace Bulkhead::Drag
