// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/formatted.h"
#include "dom0-core/bulkheadd/backend.h"
#include "dom0-core/driver/local/localdriver.h"
#include "dom0-core/storage/directorypool.h"
#include "dom0-core/storage/kernelpool.h"
#include "dom0-core/storage/storage.h"

namespace Bulkhead
{

namespace
{

Result<VolumeDriver *> makeDriver(const PoolConfig &pool, QObject *parent)
{
    const std::filesystem::path directory = pool.option("dir_path");
    if (pool.driver == "directory") {
        return makeDirectoryPool(directory, makeFileWork(parent, {}), parent);
    }
    if (pool.driver == "linux-kernel") {
        return makeKernelPool(directory, parent);
    }
    return fail(Errc::Unsupported,
                formatted("qubes of this system are made of directories; it has no use for {}", pool.driver));
}

} // namespace

Result<DriverAndPool>
makeLocalBackend(const std::filesystem::path &run, const std::filesystem::path &pool, QObject *parent)
{
    LocalDriverConfig config;
    config.runDirectory = run / "bulkhead";
    config.scanDirectory = config.runDirectory / "services";
    config.exchangeDirectory = config.runDirectory / "exchange.d";
    return DriverAndPool{.driver = makeLocalDriver(config, parent),
                         .pool = new Storage(makeDriver, parent),
                         .pools = builtInPools("directory", pool)};
}

} // namespace Bulkhead
