// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"

#include <filesystem>
#include <string>
#include <vector>

namespace Bulkhead
{

/// Where xenconsoled keeps what a qube wrote on its console.
[[nodiscard]] std::filesystem::path consoleLogOf(const std::filesystem::path &directory, const QubeName &qube);

/// The last lines of a qube's console, fit for a log; none if there is no such file. The qube chose every byte of it,
/// so only so much is read.
[[nodiscard]] std::vector<std::string> consoleTail(const std::filesystem::path &log);

} // namespace Bulkhead
