// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-features: features of a qube.
#include "dom0-core/cli/featurelist.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/table.h"
#include "dom0-core/cli/verbs/table.h"

#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{.letter = 'D', .names = "unset,default,delete", .help = "remove the feature"},
    Option{.names = "json", .help = "for programs: an object by name, or the one value"},
};

Result<int> list(Session &session, const Arguments &arguments, const std::string &qube)
{
    BH_TRY(const auto features, allFeatures(session.daemon, qube));
    if (arguments.has("json")) {
        Json object = Json::object();
        for (const auto &[name, value] : features) {
            object.set(name, Json(value));
        }
        session.console.print(object);
        return 0;
    }
    session.console.printLines(pairLines(features));
    return 0;
}

Result<int> printOne(Session &session, const Arguments &arguments, const std::string &qube, const std::string &name)
{
    const auto value = session.daemon.call({.method = "admin.vm.feature.Get", .argument = name, .qube = qube});
    if (!value && value.error().code == Errc::NotFound) {
        return 1; // that is the answer
    }
    if (!value) {
        return std::unexpected(value.error());
    }
    if (arguments.has("json")) {
        session.console.print(Json(*value));
    } else {
        session.console.print(*value);
    }
    return 0;
}

Result<int> run(Session &session, const Arguments &arguments)
{
    BH_TRY(const std::string qube, theQube(arguments, 3));
    const auto &words = arguments.operands();
    if (arguments.has("unset")) {
        if (words.size() != 2) {
            return fail(Errc::BadValue, "--unset takes one feature and no value");
        }
        BH_CHECK(session.daemon.call({.method = "admin.vm.feature.Remove", .argument = words[1], .qube = qube}));
        return 0;
    }
    if (words.size() == 1) {
        return list(session, arguments, qube);
    }
    if (words.size() == 2) {
        return printOne(session, arguments, qube, words[1]);
    }
    BH_CHECK(session.daemon.call(
        {.method = "admin.vm.feature.Set", .argument = words[1], .qube = qube, .payload = words[2]}));
    return 0;
}

constexpr std::array Operands{
    QubeOperand,
    Operand{.name = "FEATURE", .completes = Completes::Features},
    Operand{.name = "VALUE"},
};

} // namespace

constinit const Verb FeaturesVerb{
    .name = "features",
    .link = "qvm-features",
    .summary = "show and set features of a qube",
    .synopsis = "[OPTIONS...] QUBE\n[OPTIONS...] QUBE FEATURE\n[OPTIONS...] QUBE FEATURE VALUE\n--unset QUBE FEATURE",
    .description = "Features are notes on what a qube can do and shall do, for programs; an empty value means no, "
                   "which is not the same "
                   "as a feature that is not set.\n\n"
                   "With the qube's name alone, lists them. With a feature, prints its value; the exit status is 1, "
                   "and nothing is "
                   "said, if it is not set. With a value, sets it.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
