// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-kill: end qubes at once.
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
                     {.method = "admin.vm.Kill",
                      .concerns =
                          [](const QubeLine &qube) {
                              return qube.state != "Halted";
                          },
                      .before = "Killed ",
                      .after = ""});
}

} // namespace

constinit const Verb KillVerb{
    .name = "kill",
    .link = "qvm-kill",
    .summary = "end qubes at once",
    .synopsis = WholeQubeSynopsis,
    .description = "Ends qubes without asking them, as if their power was cut. What they had not written is lost; "
                   "qvm-shutdown asks.",
    .options = WholeQubeOptions,
    .operands = WholeQubeOperands,
    .run = run,
};

} // namespace Bulkhead::Cli
