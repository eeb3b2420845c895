// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/confinement.h"
#include "base/error.h"

#include <string>

namespace Bulkhead::Clipboard
{

/// Takes from this process all it does not need, for ever (spec security, section 3): no new privileges, no core file,
/// no view of its memory for others, no file but the removal of its sockets, no program, no network; sockets of this
/// machine stay, for the gui-daemons that come later and the policy.
/// @param directory  in which its sockets lie
/// @errors Io
[[nodiscard]] Result<void> confine(const std::string &directory);

/// The filter alone, for tests.
[[nodiscard]] Result<void> filterSystemCalls(Sanitizers sanitizers);

} // namespace Bulkhead::Clipboard
