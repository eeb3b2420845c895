// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <optional>
#include <span>
#include <string>

namespace Bulkhead::QubesDb
{

struct DaemonOptions {
    std::string directory = "/run/qubes"; ///< of the sockets
    std::string transport = "auto";
    std::optional<int> readyFd = {}; ///< gets a line end once the sockets answer
};

/// The field's daemon takes the peer's domain for an argument; only `0` can be meant in a qube.
/// @param arguments  argv, the program's name first
/// @errors BadValue
[[nodiscard]] Result<DaemonOptions> parseDaemonOptions(std::span<char *const> arguments);

[[nodiscard]] const char *daemonUsage();

} // namespace Bulkhead::QubesDb
