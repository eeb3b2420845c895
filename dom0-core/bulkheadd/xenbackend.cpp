// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/formatted.h"
#include "dom0-core/bulkheadd/backend.h"
#include "dom0-core/bulkheadd/memorybalancing.h"
#include "dom0-core/driver/xen/libxltoolstack.h"
#include "dom0-core/driver/xen/xendriver.h"
#include "dom0-core/driver/xen/xenmemory.h"
#include "dom0-core/model/text.h"
#include "dom0-core/storage/cryptdevices.h"
#include "dom0-core/storage/filepool.h"
#include "dom0-core/storage/kernelpool.h"
#include "dom0-core/storage/storage.h"
#include "dom0-core/storage/thinpool.h"

#include <chrono>

namespace Bulkhead
{

namespace
{

constexpr const char *BalancerSettings = "/etc/qubes/qmemman.conf";
constexpr const char *MakeFileSystem = "/usr/sbin/mkfs.ext4";

std::int64_t secondsNow()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

Result<VolumeDriver *> makeDriver(const PoolConfig &pool, QObject *parent)
{
    const std::filesystem::path directory = pool.option("dir_path");
    if (pool.driver == "file-reflink") {
        return makeFilePool(
            {.directory = directory, .mustShareBlocks = parseBoolean(pool.option("setup_check")).value_or(false)},
            makeFileWork(parent, MakeFileSystem),
            std::make_unique<KernelLoopDevices>(),
            parent);
    }
    if (pool.driver == "lvm_thin") {
        return makeThinPool({.group = pool.option("volume_group"), .pool = pool.option("thin_pool")},
                            makeLvmTools(parent),
                            secondsNow,
                            parent);
    }
    if (pool.driver == "linux-kernel") {
        return makeKernelPool(directory, parent);
    }
    return fail(Errc::Unsupported, formatted("this system has no use for pools of driver {}", pool.driver));
}

/// Owned by the parent, as the driver that uses it is.
Result<Memory::Balancer *>
startBalancing(std::unique_ptr<Memory::MemoryHost> host, const std::filesystem::path &run, QObject *parent)
{
    BH_TRY(auto balancing, MemoryBalancing::start(std::move(host), run, BalancerSettings));
    auto &balancer = balancing->balancer();
    balancing.release()->setParent(parent);
    return &balancer;
}

} // namespace

Result<DriverAndPool>
makeXenBackend(const std::filesystem::path &run, const std::filesystem::path &pool, QObject *parent)
{
    BH_TRY(auto toolstack, makeLibxlToolstack(BuilderProgram{}));
    XenDriverConfig config;
    config.runDirectory = run / "bulkhead";
    config.supervisor = currentSupervisor();
    config.scanDirectory = config.runDirectory / "services";
    BH_TRY(auto memory, makeXenMemory());
    BH_TRY(const std::uint64_t machineBytes, memory->totalBytes());
    BH_TRY(config.balancer, startBalancing(std::move(memory), run, parent));
    config.kernels = pool / "vm-kernels";
    return DriverAndPool{.driver = makeXenDriver(config, std::move(toolstack), parent),
                         .pool = new Storage(makeDriver, makeCryptDevices(parent), parent),
                         .pools = builtInPools("file-reflink", pool),
                         .machineMemoryMiB = machineBytes / Memory::MiB};
}

} // namespace Bulkhead
