// SPDX-License-Identifier: GPL-2.0-or-later
// Calls of our own. docs/protocol/core.md.
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/eventlog.h"
#include "dom0-core/adminapi/snapshot.h"

namespace Bulkhead::AdminApi::Calls
{

Checked<std::string> snapshot(const Call &call)
{
    BH_CHECK(call.permit());
    const auto leadsOutside = [&call](const Qube &qube) {
        return call.services.outside.leadsOutside(qube);
    };
    const auto rulesInForce = [&call](const Qube &qube) {
        return call.services.firewall.rulesInForce(qube.id);
    };
    return snapshotText(call.model(),
                        call.services.permissions,
                        call.source,
                        call.services.log.generation(),
                        leadsOutside,
                        rulesInForce);
}

} // namespace Bulkhead::AdminApi::Calls
