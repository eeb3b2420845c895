// SPDX-License-Identifier: GPL-2.0-or-later
// The console of a running qube. Spec admin-api, 8.13.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"

namespace Bulkhead::AdminApi::Calls
{

/// Only says where it is: who may open it takes it from there, without the core between.
Checked<std::string> console(const Call &call)
{
    BH_CHECK(call.permit());
    const Qube &qube = call.qube();
    if (qube.klass == QubeClass::AdminVM) {
        return refuse(RefusalKind::General, "dom0 is no domain with a console: its terminals are its own.");
    }
    if (!qube.run.domain) {
        return refuse(RefusalKind::NotRunning,
                      formatted("{} is not running, so there is no console. Start it first.", qube.name.text()));
    }
    const auto terminal = call.services.driver.consoleTerminal(*qube.run.domain);
    if (!terminal) {
        const bool isKnownHere = terminal.error().code != Errc::Unsupported;
        return refuse(isKnownHere ? RefusalKind::QubeState : RefusalKind::NotImplemented,
                      formatted("The console of {} cannot be opened: {}.", qube.name.text(), terminal.error().text()));
    }
    return terminal->string();
}

} // namespace Bulkhead::AdminApi::Calls
