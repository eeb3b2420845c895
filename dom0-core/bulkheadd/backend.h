// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/driver/driver.h"
#include "dom0-core/storage/pool.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

class QObject;

namespace Bulkhead
{

/// A driver and the storage that goes with it. Owned by the parent they were made with.
struct DriverAndPool {
    Driver *driver = nullptr;
    Pool *pool = nullptr;
    std::vector<PoolConfig> pools = {};                 ///< those that are always there
    std::optional<std::uint64_t> machineMemoryMiB = {}; ///< where dom0 is given a part of it only
};

/// @param driver  of the pool of qubes' volumes
[[nodiscard]] std::vector<PoolConfig> builtInPools(const std::string &driver, const std::filesystem::path &directory);

/// @param name  `local`, `xen` or `fake`
/// @param run  as DaemonPaths::run
/// @param pool  directory of the pool
/// @errors Unsupported, naming what there is or what is missing
[[nodiscard]] Result<DriverAndPool> makeBackend(const std::string &name,
                                                const std::filesystem::path &run,
                                                const std::filesystem::path &pool,
                                                QObject *parent);

/// Qubes of namespaces and directories.
[[nodiscard]] Result<DriverAndPool>
makeLocalBackend(const std::filesystem::path &run, const std::filesystem::path &pool, QObject *parent);

/// Qubes that are domains of Xen, and images.
[[nodiscard]] Result<DriverAndPool>
makeXenBackend(const std::filesystem::path &run, const std::filesystem::path &pool, QObject *parent);

} // namespace Bulkhead
