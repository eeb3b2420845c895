// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-kill: end qubes at once.
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

#include <array>
#include <format>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{AllQubes, ExcludedQubes};
constexpr std::array Operands{QubeOperand};

Result<int> run(Session &session, const Arguments &arguments)
{
    BH_TRY(auto qubes, chosenQubes(session.daemon, arguments));
    if (arguments.has("all")) { // those that it can be said of
        std::erase_if(qubes, [](const QubeLine &qube) {
            return qube.state == "Halted";
        });
    }
    return forEachQube(session, qubes, [&session](const QubeLine &qube) -> Result<void> {
        BH_CHECK(session.daemon.call({.method = "admin.vm.Kill", .qube = qube.name}));
        session.console.detail(std::format("Killed {}", qube.name));
        return {};
    });
}

} // namespace

constinit const Verb KillVerb{
    .name = "kill",
    .link = "qvm-kill",
    .summary = "end qubes at once",
    .synopsis = "[OPTIONS...] QUBE...\n[OPTIONS...] --all [--exclude QUBE]...",
    .description = "Ends qubes without asking them, as if their power was cut. What they had not written is lost; "
                   "qvm-shutdown asks.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
