// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/backend.h"

#include "base/formatted.h"
#include "dom0-core/driver/fake/fakedriver.h"
#include "dom0-core/driver/fake/fakepool.h"

namespace Bulkhead
{

std::vector<PoolConfig> builtInPools(const std::string &driver, const std::filesystem::path &directory)
{
    return {{.name = std::string(DefaultPool), .driver = driver, .options = {{"dir_path", directory.string()}}},
            {.name = std::string(KernelPool),
             .driver = "linux-kernel",
             .options = {{"dir_path", (directory / "vm-kernels").string()}}}};
}

Result<DriverAndPool> makeBackend(const std::string &name,
                                  const std::filesystem::path &run,
                                  const std::filesystem::path &pool,
                                  QObject *parent)
{
    if (name == "local") {
        return makeLocalBackend(run, pool, parent);
    }
    if (name == "xen") {
        return makeXenBackend(run, pool, parent);
    }
    if (name == "fake") {
        return DriverAndPool{.driver = new FakeDriver(parent),
                             .pool = new FakePool(parent),
                             .pools = builtInPools("file-reflink", pool)};
    }
    return fail(Errc::Unsupported, formatted("there is no driver {}; choose local, xen or fake", name));
}

} // namespace Bulkhead
