// SPDX-License-Identifier: GPL-2.0-or-later
// For builds without the local driver.
#include "dom0-core/bulkheadd/backend.h"

namespace Bulkhead
{

Result<DriverAndPool> makeLocalBackend(const std::filesystem::path &, const std::filesystem::path &, QObject *)
{
    return fail(Errc::Unsupported, "this build has no local driver");
}

} // namespace Bulkhead
