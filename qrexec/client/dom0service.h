// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace Bulkhead::Qrexec
{

/// A service of dom0's, called in dom0: becomes the service's program, with our own streams. No policy stands between:
/// whoever may call this may run the program.
/// @param command  DEFAULT:QUBESRPC DESCRIPTOR SOURCE [name|keyword TARGET]
/// @return where that failed: the status to exit with
/// @source spec qrexec, 9.6
[[nodiscard]] int becomeDom0Service(const std::string &command);

} // namespace Bulkhead::Qrexec
