// SPDX-License-Identifier: GPL-2.0-or-later
// What other programs of dom0 ask. Spec admin-api, 8.15.
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/systeminfo.h"

namespace Bulkhead::AdminApi::Calls
{

Checked<std::string> systemInfo(const Call &call)
{
    BH_CHECK(call.permit());
    return call.services.systemInfo.text();
}

} // namespace Bulkhead::AdminApi::Calls
