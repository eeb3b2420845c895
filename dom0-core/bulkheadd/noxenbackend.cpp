// SPDX-License-Identifier: GPL-2.0-or-later
// For builds without the xen driver.
#include "dom0-core/bulkheadd/backend.h"

namespace Bulkhead
{

Result<DriverAndPool> makeXenBackend(const std::filesystem::path &, const std::filesystem::path &, QObject *)
{
    return fail(Errc::Unsupported, "this build has no driver for Xen: it was made without libxl (package libxen-dev)");
}

} // namespace Bulkhead
