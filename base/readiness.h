// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <optional>

namespace Bulkhead
{

/// Tells whoever supervises the daemon that it is ready: `READY=1` to systemd's socket, if the environment names one,
/// and a line end to `fd`, as s6 wants it. A supervisor that does not listen is no reason to stop, so nothing is
/// returned; failures are logged.
/// @param fd  closed afterwards
void announceReadiness(std::optional<int> fd);

} // namespace Bulkhead
