// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/verb.h"

#include <span>
#include <string>
#include <vector>

namespace Bulkhead::Cli
{

/// Every name that may stand in that place, unsorted. Empty where the daemon does not answer, and for files.
/// @param operands  those before the place; the first is the qube whose properties, features or tags are meant
[[nodiscard]] std::vector<std::string>
candidatesFor(const Operand &place, std::span<const std::string> operands, const Daemon &daemon);

} // namespace Bulkhead::Cli
