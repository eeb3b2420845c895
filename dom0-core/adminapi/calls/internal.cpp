// SPDX-License-Identifier: GPL-2.0-or-later
// What other programs of dom0 ask. Spec admin-api, 8.15.
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/systeminfo.h"

#include <utility>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

void tellOfSleep(const Call &call, Reply reply, void (Suspension::*what)(Suspension::Done))
{
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    (call.services.suspension.*what)(emptySuccess(std::move(reply)));
}

} // namespace

Checked<std::string> systemInfo(const Call &call)
{
    BH_CHECK(call.permit());
    return call.services.systemInfo.text();
}

void beforeSleep(const Call &call, Reply reply)
{
    tellOfSleep(call, std::move(reply), &Suspension::beforeSleep);
}

void afterSleep(const Call &call, Reply reply)
{
    tellOfSleep(call, std::move(reply), &Suspension::afterSleep);
}

} // namespace Bulkhead::AdminApi::Calls
