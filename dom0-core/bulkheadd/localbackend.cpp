// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/backend.h"
#include "dom0-core/driver/local/localdriver.h"
#include "dom0-core/storage/directorypool.h"

namespace Bulkhead
{

Result<DriverAndPool>
makeLocalBackend(const std::filesystem::path &run, const std::filesystem::path &pool, QObject *parent)
{
    LocalDriverConfig config;
    config.runDirectory = run / "bulkhead";
    config.scanDirectory = config.runDirectory / "services";
    config.exchangeDirectory = config.runDirectory / "exchange.d";
    return DriverAndPool{.driver = makeLocalDriver(config, parent), .pool = makeDirectoryPool(pool, parent)};
}

} // namespace Bulkhead
