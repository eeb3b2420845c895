// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/volumedriver.h"

#include <filesystem>

namespace Bulkhead
{

/// Kernels of dom0's as volumes: a directory a kernel, whose `modules.img` is what a qube would see. Nothing here is
/// ever changed; kernels come and go with dom0's packages.
/// @param parent  owns the pool
/// @source spec qube-model, 8.2
[[nodiscard]] VolumeDriver *makeKernelPool(const std::filesystem::path &directory, QObject *parent);

} // namespace Bulkhead
