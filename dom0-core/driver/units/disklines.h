// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/attacheddisk.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Most bytes of a qube's disks that are read.
inline constexpr std::size_t MaxDiskLines = 65536;

/// The disks that a qube was given, a line each, as drivers keep them for a daemon that is started anew.
[[nodiscard]] std::string diskLines(const std::vector<AttachedDisk> &disks);
/// What makes no sense is left out.
[[nodiscard]] std::vector<AttachedDisk> disksFromLines(std::string_view text);

} // namespace Bulkhead
