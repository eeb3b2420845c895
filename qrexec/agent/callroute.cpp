// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/agent/callroute.h"

#include "qrexec/service/commandline.h"
#include "qrexec/service/serviceconfig.h"

#include <utility>

namespace Bulkhead::Qrexec
{

CallRoute routeOf(std::string_view command, const SearchPath &configuration)
{
    auto parsed = parseCommand(command);
    if (!parsed) {
        return {};
    }
    CallRoute route{.user = std::move(parsed->user)};
    if (!parsed->waitsForSession) {
        return route;
    }
    if (parsed->service() == nullptr) {
        route.sessionUser = route.user;
        return route;
    }
    const auto config = loadServiceConfig(configuration, *parsed->service());
    if (!config) {
        return route;
    }
    route.waitsForSession = config->waitForSession;
    if (!config->hasSocketOptions()) {
        route.sessionUser = config->forceUser.value_or(route.user);
    }
    return route;
}

} // namespace Bulkhead::Qrexec
