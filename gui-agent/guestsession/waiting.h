// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <string>

namespace Bulkhead::GuestSession
{

/// Returns once the session whose runtime directory this is has X server and agent up. Sleeps until then: first for the
/// session's socket to appear, then for its word. For a program of its own: it blocks.
/// @errors Io
[[nodiscard]] Result<void> waitForSession(const std::string &runtimeDirectory);

} // namespace Bulkhead::GuestSession
