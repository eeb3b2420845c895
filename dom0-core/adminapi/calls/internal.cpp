// SPDX-License-Identifier: GPL-2.0-or-later
// What other programs of dom0 ask. Spec admin-api, 8.15.
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/systeminfo.h"

#include <utility>

namespace Bulkhead::AdminApi::Calls
{

Checked<std::string> systemInfo(const Call &call)
{
    BH_CHECK(call.permit());
    return call.services.systemInfo.text();
}

void beforeSleep(const Call &call, Reply reply)
{
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    call.services.suspension.beforeSleep(emptySuccess(std::move(reply)));
}

void afterSleep(const Call &call, Reply reply)
{
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    call.services.suspension.afterSleep(emptySuccess(std::move(reply)));
}

} // namespace Bulkhead::AdminApi::Calls
