// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-start: starts qubes.
#include "base/formatted.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{.names = "skip-if-running", .help = "it is no failure if a qube runs already"},
    AllQubes,
    ExcludedQubes,
};

Result<int> run(Session &session, const Arguments &arguments)
{
    BH_TRY(auto qubes, chosenQubes(session.daemon, arguments));
    const bool mayRun = arguments.has("skip-if-running") || arguments.has("all");
    return forEachQube(session, qubes, [&session, mayRun](const QubeLine &qube) -> Result<void> {
        const bool isStarted = qube.state != "Halted" && qube.state != "Halting" && qube.state != "Dying";
        if (isStarted) {
            return mayRun ? Result<void>() : fail(Errc::WrongState, "it runs already");
        }
        session.console.detail(formatted("Starting {}", qube.name));
        return session.daemon.call({.method = "admin.vm.Start", .qube = qube.name}).transform([](const auto &) { });
    });
}

constexpr std::array Operands{QubeOperand};

} // namespace

constinit const Verb StartVerb{
    .name = "start",
    .link = "qvm-start",
    .summary = "start qubes",
    .synopsis = "[OPTIONS...] QUBE...\n[OPTIONS...] --all [--exclude QUBE]...",
    .description =
        "Starts qubes, one after the other, and ends when each takes commands. A qube that gives others their "
        "network is started before them.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
