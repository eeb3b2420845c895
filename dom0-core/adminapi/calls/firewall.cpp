// SPDX-License-Identifier: GPL-2.0-or-later
// What may leave a qube. Spec admin-api, 8.10.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "vchan-io/wire/calls/firewallruletext.h"

namespace Bulkhead::AdminApi::Calls
{

Checked<std::string> getFirewall(const Call &call)
{
    BH_CHECK(call.permit());
    return Firewall::textOf(call.services.firewall.rulesInForce(call.destination));
}

Checked<std::string> setFirewall(const Call &call)
{
    auto rules = Firewall::parseRules(call.payload);
    BH_CHECK(call.permit());
    if (!rules) {
        return refuse(RefusalKind::BadValue,
                      formatted("The firewall rules of {} stay as they were: {}.",
                                call.qube().name.text(),
                                rules.error().text()));
    }
    return call.services.firewall.set(call.destination, *std::move(rules)).transform([] {
        return std::string();
    });
}

Checked<std::string> reloadFirewall(const Call &call)
{
    BH_CHECK(call.permit());
    call.services.firewall.reload(call.destination);
    return std::string();
}

} // namespace Bulkhead::AdminApi::Calls
