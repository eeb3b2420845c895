// SPDX-License-Identifier: GPL-2.0-or-later
// qubes-prefs: properties of the whole system.
#include "dom0-core/cli/preferences.h"
#include "dom0-core/cli/verbs/table.h"

namespace Bulkhead::Cli
{

namespace
{

Result<int> run(Session &session, const Arguments &arguments)
{
    return runPreferences(session, arguments, {.family = "admin.property.", .qube = "dom0"}, arguments.operands());
}

constexpr std::array Operands{
    Operand{.name = "PROPERTY", .completes = Completes::Globals},
    Operand{.name = "VALUE"},
};

} // namespace

constinit const Verb GlobalPrefsVerb{
    .name = "global-prefs",
    .link = "qubes-prefs",
    .summary = "show and set what holds for the whole system",
    .synopsis = "[OPTIONS...]\n[OPTIONS...] PROPERTY\n[OPTIONS...] PROPERTY VALUE\n--default PROPERTY",
    .description =
        "Default template, default net qube, default kernel and the like: what qubes take that have no value of "
        "their own. Lists, prints and sets as qvm-prefs does.",
    .options = PreferenceOptions,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
