// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-check: whether qubes exist, and are what they should be; for scripts.
#include "base/formatted.h"
#include "dom0-core/cli/propertytext.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

#include <algorithm>
#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr int StatusSomeFit = 3; ///< of several qubes

constexpr std::array Options{
    Option{.names = "running", .help = "whether they run"},
    Option{.names = "paused", .help = "whether they are paused"},
    Option{.names = "template", .help = "whether they are templates"},
    Option{.names = "networked", .help = "whether they have a network"},
    AllQubes,
    ExcludedQubes,
};

Result<bool> isNetworked(const Daemon &daemon, const QubeLine &qube)
{
    const auto answer = daemon.call({.method = "admin.vm.property.Get", .argument = "netvm", .qube = qube.name});
    if (!answer && answer.error().code == Errc::NotFound) {
        return false; // dom0 has no such property
    }
    if (!answer) {
        return std::unexpected(answer.error());
    }
    BH_TRY(const Property netvm, parseProperty("netvm", *answer));
    return !netvm.isNone();
}

Result<bool> fits(const Daemon &daemon, const Arguments &arguments, const QubeLine &qube)
{
    if ((arguments.has("running") && !qube.isRunning()) || (arguments.has("paused") && qube.state != "Paused")
        || (arguments.has("template") && qube.klass != "TemplateVM")) {
        return false;
    }
    return arguments.has("networked") ? isNetworked(daemon, qube) : Result<bool>(true);
}

std::string conditions(const Arguments &arguments)
{
    std::string text;
    for (const char *condition : {"running", "paused", "template", "networked"}) {
        if (arguments.has(condition)) {
            text += formatted("{}{}", text.empty() ? "" : ", ", condition);
        }
    }
    return text.empty() ? "there" : text;
}

Result<int> run(Session &session, const Arguments &arguments)
{
    const auto qubes = chosenQubes(session.daemon, arguments);
    if (!qubes) { // which is the answer, if one of them does not exist
        const bool isAnswer = qubes.error().code == Errc::BadValue && !arguments.operands().empty();
        if (!isAnswer) {
            return std::unexpected(qubes.error());
        }
        session.console.tell(qubes.error().text());
        return 1;
    }
    std::size_t fitting = 0;
    for (const QubeLine &qube : *qubes) {
        BH_TRY(const bool isFitting, fits(session.daemon, arguments, qube));
        fitting += isFitting ? 1 : 0;
        session.console.tell(formatted("{}: {}{}", qube.name, isFitting ? "" : "not ", conditions(arguments)));
    }
    return fitting == qubes->size() ? 0 : fitting == 0 ? 1 : StatusSomeFit;
}

constexpr std::array Operands{QubeOperand};

} // namespace

constinit const Verb CheckVerb{
    .name = "check",
    .link = "qvm-check",
    .summary = "tell whether qubes exist and what state they are in",
    .synopsis = "[OPTIONS...] QUBE...\n[OPTIONS...] --all [--exclude QUBE]...",
    .description =
        "For scripts: the exit status is 0 if every qube exists and is all that the options say, 1 if one does "
        "not exist or none is so, 3 if some are and some are not. -q leaves out the words.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
