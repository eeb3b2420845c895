// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/eventreader.h"
#include "dom0-core/cli/qubes.h"

#include <chrono>
#include <optional>
#include <vector>

namespace Bulkhead::Cli
{

/// How qubes are to be ended.
struct StopOptions {
    bool force = false; ///< even if others use them
    bool wait = false;
    std::chrono::seconds timeout{}; ///< with wait: what runs on after it is killed
};

/// The stream of events that waiting needs, established: from here on no end of a qube is missed. Nothing without wait.
[[nodiscard]] Result<std::optional<EventReader>> openEventsFor(const Daemon &daemon, const StopOptions &options);

/// Asks each qube to end and, with wait, ends when all are halted. A qube that is refused because another uses it is
/// asked again when one has ended.
/// @return the exit status; each failure is said
[[nodiscard]] Result<int> stopQubes(Session &session,
                                    const std::vector<QubeLine> &qubes,
                                    const StopOptions &options,
                                    std::optional<EventReader> &events);

} // namespace Bulkhead::Cli
