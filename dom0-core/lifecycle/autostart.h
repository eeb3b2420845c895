// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/runner.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Qubes with the property `autostart`, those first that others of them get their network from.
[[nodiscard]] std::vector<Qid> autostartOrder(const Model &model);

/// Starts them, once a boot of dom0: a daemon that is started again starts no qube that a person has shut down. One
/// that cannot be started is named in the log and keeps no other from starting.
/// @param marker  a file that does not outlive the boot; made here
/// @errors Io, if the marker cannot be made: then nothing is started
[[nodiscard]] Result<void>
startWithMachine(const Registry &registry, Runner &runner, const std::filesystem::path &marker);

/// Whether the kernel's command line says that no qube is to be started with the machine.
[[nodiscard]] bool skipsAutostart(std::string_view commandLine);

} // namespace Bulkhead
