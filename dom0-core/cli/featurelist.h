// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/daemon.h"
#include "dom0-core/cli/keyvalues.h"

#include <string>

namespace Bulkhead::Cli
{

/// The features that are set on the qube itself, by name.
/// @errors as Daemon
[[nodiscard]] Result<KeyValues> allFeatures(const Daemon &daemon, const std::string &qube);

} // namespace Bulkhead::Cli
