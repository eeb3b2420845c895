// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/memory/balance.h"

#include <filesystem>

namespace Bulkhead::Memory
{

/// What dom0's administrator set: section `global` of an INI file, `vm-min-mem`, `dom0-mem-boost` (bytes, or with a
/// unit from KiB to GiB) and `cache-margin-factor`. What is missing, or no such value, stays as it is by itself; a
/// wrong value is told in the log.
/// @source spec qube-model, 14.5
[[nodiscard]] Settings readSettings(const std::filesystem::path &path);

} // namespace Bulkhead::Memory
