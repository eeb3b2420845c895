// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-pause: stop qubes where they are.
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
            return !qube.isRunning();
        });
    }
    return forEachQube(session, qubes, [&session](const QubeLine &qube) -> Result<void> {
        BH_CHECK(session.daemon.call({.method = "admin.vm.Pause", .qube = qube.name}));
        session.console.detail(std::format("Paused {}", qube.name));
        return {};
    });
}

} // namespace

constinit const Verb PauseVerb{
    .name = "pause",
    .link = "qvm-pause",
    .summary = "stop qubes where they are",
    .synopsis = "[OPTIONS...] QUBE...\n[OPTIONS...] --all [--exclude QUBE]...",
    .description = "A paused qube keeps its memory and does nothing until qvm-unpause.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
