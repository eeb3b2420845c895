// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-clone: makes a qube like another.
#include "dom0-core/cli/newqube.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{.letter = 'C',
           .names = "class",
           .help = "what kind of qube, if not the same",
           .value = "CLASS",
           .completes = Completes::Classes},
    OnePoolOption,
    VolumePoolOption,
    Option{.names = "ignore-errors", .help = "go on if something beside the volumes cannot be copied, and say what"},
};

Result<int> run(Session &session, const Arguments &arguments)
{
    if (arguments.operands().size() != 2) {
        return fail(Errc::BadValue, "name a qube and the new one");
    }
    NewQube wanted{
        .name = arguments.operand(1), .klass = arguments.value("class").value_or(std::string()), .label = {}};
    BH_TRY(wanted.pools, poolsFrom(arguments));
    BH_CHECK(cloneQube(session,
                       arguments.operand(0),
                       std::move(wanted),
                       arguments.has("ignore-errors") ? OnMinorErrors::Say : OnMinorErrors::Stop));
    return 0;
}

constexpr std::array Operands{QubeOperand, Operand{.name = "NAME"}};

} // namespace

constinit const Verb CloneVerb{
    .name = "clone",
    .link = "qvm-clone",
    .summary = "make a qube like another",
    .synopsis = "[OPTIONS...] QUBE NAME",
    .description =
        "The new qube has the properties, tags, features, notes, firewall rules, assigned devices and the data of the "
        "other one. If any of them cannot be copied, none is left behind, unless with --ignore-errors.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
