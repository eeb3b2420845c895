// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/backend.h"
#include "dom0-core/driver/xen/libxltoolstack.h"
#include "dom0-core/driver/xen/xendriver.h"
#include "dom0-core/storage/filepool.h"

namespace Bulkhead
{

Result<DriverAndPool>
makeXenBackend(const std::filesystem::path &run, const std::filesystem::path &pool, QObject *parent)
{
    BH_TRY(auto toolstack, makeLibxlToolstack(BuilderProgram{}));
    XenDriverConfig config;
    config.runDirectory = run / "bulkhead";
    config.scanDirectory = config.runDirectory / "services";
    config.kernels = pool / "vm-kernels";
    FilePoolConfig files;
    files.directory = pool;
    return DriverAndPool{.driver = makeXenDriver(config, std::move(toolstack), parent),
                         .pool = makeFilePool(files, std::make_unique<KernelLoopDevices>(), parent)};
}

} // namespace Bulkhead
