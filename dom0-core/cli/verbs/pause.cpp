// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-pause: stop qubes where they are.
#include "dom0-core/cli/verbs/table.h"
#include "dom0-core/cli/wholequbes.h"

namespace Bulkhead::Cli
{

namespace
{

Result<int> run(Session &session, const Arguments &arguments)
{
    return doToQubes(session,
                     arguments,
                     {.method = "admin.vm.Pause",
                      .concerns =
                          [](const QubeLine &qube) {
                              return qube.isRunning();
                          },
                      .before = "Paused ",
                      .after = ""});
}

} // namespace

constinit const Verb PauseVerb{
    .name = "pause",
    .link = "qvm-pause",
    .summary = "stop qubes where they are",
    .synopsis = WholeQubeSynopsis,
    .description = "A paused qube keeps its memory and does nothing until qvm-unpause.",
    .options = WholeQubeOptions,
    .operands = WholeQubeOperands,
    .run = run,
};

} // namespace Bulkhead::Cli
