// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/backend.h"

#include "dom0-core/driver/fake/fakedriver.h"
#include "dom0-core/driver/fake/fakepool.h"

#include <format>

namespace Bulkhead
{

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
        return DriverAndPool{.driver = new FakeDriver(parent), .pool = new FakePool(parent)};
    }
    return fail(Errc::Unsupported, std::format("there is no driver {}; choose local, xen or fake", name));
}

} // namespace Bulkhead
