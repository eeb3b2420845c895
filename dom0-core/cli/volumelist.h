// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/verb.h"

namespace Bulkhead::Cli
{

/// Prints the volumes of the named qubes, or of all, and whether they can go back to a revision. Options: pool, json,
/// all, exclude.
[[nodiscard]] Result<int> listVolumes(Session &session, const Arguments &arguments);

} // namespace Bulkhead::Cli
