// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/formatted.h"

#include <filesystem>

namespace Bulkhead
{

/// Where a run of the local driver puts what it changes in a root that is kept: a folder beside the root's directory,
/// of which `upper` and `work` are an overlay's. Made by the pool before the start, and merged into the root by it
/// after the stop.
/// @param root  the root's directory, which stays as it is while the run lasts
[[nodiscard]] inline std::filesystem::path rootChangesOf(const std::filesystem::path &root)
{
    return root.parent_path() / formatted(".{}.run", root.filename().string());
}

} // namespace Bulkhead
