// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-unpause: let paused qubes go on.
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
            return qube.state != "Paused";
        });
    }
    return forEachQube(session, qubes, [&session](const QubeLine &qube) -> Result<void> {
        BH_CHECK(session.daemon.call({.method = "admin.vm.Unpause", .qube = qube.name}));
        session.console.detail(std::format("{} goes on", qube.name));
        return {};
    });
}

} // namespace

constinit const Verb UnpauseVerb{
    .name = "unpause",
    .link = "qvm-unpause",
    .summary = "let paused qubes go on",
    .synopsis = "[OPTIONS...] QUBE...\n[OPTIONS...] --all [--exclude QUBE]...",
    .description = "Lets qubes go on that qvm-pause stopped.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
