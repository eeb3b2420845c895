// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-prefs: properties of a qube.
#include "dom0-core/cli/preferences.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

namespace Bulkhead::Cli
{

namespace
{

Result<int> run(Session &session, const Arguments &arguments)
{
    const bool onlyHelp = arguments.has("help-properties") && arguments.operands().empty();
    BH_TRY(const std::string qube, onlyHelp ? Result<std::string>("dom0") : theQube(arguments, 3));
    return runPreferences(
        session, arguments, {.family = "admin.vm.property.", .qube = qube}, arguments.withoutFirstOperand().operands());
}

constexpr std::array Operands{
    QubeOperand,
    Operand{.name = "PROPERTY", .completes = Completes::Properties},
    Operand{.name = "VALUE"},
};

} // namespace

constinit const Verb PrefsVerb{
    .name = "prefs",
    .link = "qvm-prefs",
    .summary = "show and set properties of a qube",
    .synopsis =
        "[OPTIONS...] QUBE\n[OPTIONS...] QUBE PROPERTY\n[OPTIONS...] QUBE PROPERTY VALUE\n--default QUBE PROPERTY",
    .description = "With the qube's name alone, lists its properties: name, a letter, value. The letter is D for a "
                   "value that is the "
                   "default, - for one that was set, U for none.\n\n"
                   "With a property, prints its value alone; with a value, sets it. Truth is written True, on, yes or "
                   "1, its opposite "
                   "False, off, no or 0. Where a qube is meant, an empty value or none stands for no qube.",
    .options = PreferenceOptions,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
