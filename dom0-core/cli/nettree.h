// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/columns.h"

#include <cstddef>
#include <string>
#include <vector>

namespace Bulkhead::Cli
{

/// A qube's place in a list.
struct TreePlace {
    std::size_t index; ///< in the list that was given
    std::size_t depth; ///< how many of the listed qubes lie between it and the outside
};

/// Each qube right after the one that gives it its network, others in the order in which they were given.
[[nodiscard]] std::vector<TreePlace> inNetworkOrder(const std::vector<QubeFacts> &qubes);
[[nodiscard]] std::vector<TreePlace> inGivenOrder(std::size_t count);

/// What stands before a name of that depth.
[[nodiscard]] std::string branch(std::size_t depth);

} // namespace Bulkhead::Cli
