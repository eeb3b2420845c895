// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/dom0-core/recordingdisk.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace Bulkhead::Test
{

/// What a disk holds that was empty, got these operations and then lost its power (or only its writer).
/// Names change in their order, the bytes of files in any: that is what a journalling file system promises.
[[nodiscard]] std::map<std::string, std::string>
filesLeft(std::span<const DiskOperation> operations, Loss loss, std::uint32_t seed);

} // namespace Bulkhead::Test
