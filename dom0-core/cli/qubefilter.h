// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/columns.h"

#include <array>

namespace Bulkhead::Cli
{

/// The options that narrow a list of qubes down.
extern const std::array<Option, 14> FilterOptions;

/// Whether these options look at properties.
[[nodiscard]] bool filtersNeedProperties(const Arguments &arguments);

/// Leaves the qubes that every given option lets through. Asks the daemon for tags and features where they count.
/// @errors BadValue for a value that no qube could have; as Daemon
[[nodiscard]] Result<void> filter(std::vector<QubeFacts> &qubes, const Arguments &arguments, const Daemon &daemon);

} // namespace Bulkhead::Cli
