// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/lvmtools.h"
#include "dom0-core/storage/volumedriver.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace Bulkhead
{

struct ThinPoolConfig {
    std::string group;
    std::string pool;
    std::filesystem::path devices = "/dev"; ///< holds `GROUP/VOLUME`
};

/// Volumes as thin logical volumes, under the names that the field's pools have: `vm-QUBE-VOLUME` is what the last stop
/// kept, `-snap` what a run writes, `-import` what is being imported, `-SECONDS-back` a revision. Where the plain name
/// is missing, a stop was cut off, and the newest revision is what the volume holds.
///
/// Every change is a row of renames, so that after each of them the volume is what it was or what it becomes.
/// @param tools  the pool owns it
/// @param now  seconds since 1970, for the names of revisions
/// @param parent  owns the pool
/// @source spec qube-model, 8.5
[[nodiscard]] VolumeDriver *makeThinPool(ThinPoolConfig config,
                                         std::unique_ptr<LvmTools> tools,
                                         std::function<std::int64_t()> now,
                                         QObject *parent);

} // namespace Bulkhead
