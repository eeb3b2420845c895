// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-unpause: let paused qubes go on.
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
                     {.method = "admin.vm.Unpause",
                      .concerns =
                          [](const QubeLine &qube) {
                              return qube.state == "Paused";
                          },
                      .before = "",
                      .after = " goes on"});
}

} // namespace

constinit const Verb UnpauseVerb{
    .name = "unpause",
    .link = "qvm-unpause",
    .summary = "let paused qubes go on",
    .synopsis = WholeQubeSynopsis,
    .description = "Lets qubes go on that qvm-pause stopped.",
    .options = WholeQubeOptions,
    .operands = WholeQubeOperands,
    .run = run,
};

} // namespace Bulkhead::Cli
