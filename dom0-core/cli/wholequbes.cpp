// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/wholequbes.h"

#include "base/formatted.h"

#include <string>
#include <vector>

namespace Bulkhead::Cli
{

Result<int> doToQubes(Session &session, const Arguments &arguments, const WholeQubeDeed &deed)
{
    BH_TRY(auto qubes, chosenQubes(session.daemon, arguments));
    if (arguments.has("all")) {
        std::erase_if(qubes, [&deed](const QubeLine &qube) {
            return !deed.concerns(qube);
        });
    }
    return forEachQube(session, qubes, [&session, &deed](const QubeLine &qube) -> Result<void> {
        BH_CHECK(session.daemon.call({.method = std::string(deed.method), .qube = qube.name}));
        session.console.detail(formatted("{}{}{}", deed.before, qube.name, deed.after));
        return {};
    });
}

} // namespace Bulkhead::Cli
