// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

/// This process's environment as a list of NAME=VALUE.
[[nodiscard]] std::vector<std::string> currentEnvironment();

} // namespace Bulkhead::Qrexec
