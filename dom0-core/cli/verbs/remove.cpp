// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-remove: removes qubes and what is in them.
#include "base/formatted.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{.letter = 'f', .names = "force", .help = "do not ask"},
    AllQubes,
    ExcludedQubes,
};

Result<int> run(Session &session, const Arguments &arguments)
{
    BH_TRY(const auto qubes, chosenQubes(session.daemon, arguments));
    std::string names;
    for (const QubeLine &qube : qubes) {
        names += formatted("{}{}", names.empty() ? "" : ", ", qube.name);
    }
    if (!arguments.has("force") && !qubes.empty()) {
        BH_TRY(const bool isMeant,
               session.console.confirm(formatted("This removes for ever, with all that is in them: {}.", names),
                                       "--force"));
        if (!isMeant) {
            session.console.tell("Nothing was removed.");
            return 1;
        }
    }
    return forEachQube(session, qubes, [&session](const QubeLine &qube) -> Result<void> {
        BH_CHECK(session.daemon.call({.method = "admin.vm.Remove", .qube = qube.name}));
        session.console.detail(formatted("Removed {}", qube.name));
        return {};
    });
}

constexpr std::array Operands{QubeOperand};

} // namespace

constinit const Verb RemoveVerb{
    .name = "remove",
    .link = "qvm-remove",
    .summary = "remove qubes and what is in them",
    .synopsis = "[OPTIONS...] QUBE...\n[OPTIONS...] --all [--exclude QUBE]...",
    .description =
        "Asks once, then removes the qubes and their volumes; there is no way back. Without a terminal to ask on it "
        "refuses, unless with --force. A qube that runs, or that others need, is not removed.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
