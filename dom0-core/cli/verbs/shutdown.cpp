// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-shutdown: shuts qubes down.
#include "base/formatted.h"
#include "base/number.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/stopping.h"
#include "dom0-core/cli/verbs/table.h"

#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::chrono::seconds DefaultTimeout{60};

constexpr std::array Options{
    Option{.names = "wait", .help = "end when they are halted"},
    Option{.names = "timeout",
           .help = "with --wait: after so long what still runs is killed; 60 at first",
           .value = "SECONDS"},
    Option{.names = "force", .help = "even if others use them, as their net qube for example"},
    Option{.names = "dry-run", .help = "only say what would be shut down"},
    AllQubes,
    ExcludedQubes,
};

Result<std::chrono::seconds> timeoutFrom(const Arguments &arguments)
{
    const auto text = arguments.value("timeout");
    if (!text) {
        return DefaultTimeout;
    }
    constexpr int Longest = 86400;
    const auto seconds = numberWithin<int>(*text, 0, Longest);
    if (!seconds) {
        return fail(Errc::BadValue, formatted("--timeout takes seconds, up to a day, not '{}'", *text));
    }
    return std::chrono::seconds(*seconds);
}

Result<int> run(Session &session, const Arguments &arguments)
{
    BH_TRY(const auto timeout, timeoutFrom(arguments));
    const StopOptions options{
        .force = arguments.has("force") || arguments.has("all"),
        .wait = arguments.has("wait"),
        .timeout = timeout,
    };
    // Before the list is read, so that no end is missed.
    BH_TRY(auto events, openEventsFor(session.daemon, options));
    BH_TRY(auto qubes, chosenQubes(session.daemon, arguments));
    std::erase_if(qubes, [](const QubeLine &qube) {
        return qube.state == "Halted";
    });
    if (arguments.has("dry-run")) {
        for (const QubeLine &qube : qubes) {
            session.console.tell(formatted("{} would be shut down", qube.name));
        }
        return 0;
    }
    return stopQubes(session, qubes, options, events);
}

constexpr std::array Operands{QubeOperand};

} // namespace

constinit const Verb ShutdownVerb{
    .name = "shutdown",
    .link = "qvm-shutdown",
    .summary = "shut qubes down",
    .synopsis = "[OPTIONS...] QUBE...\n[OPTIONS...] --all [--exclude QUBE]...",
    .description =
        "Asks qubes to end. One that others use, as their net qube for example, is not asked, unless with --force; "
        "with --wait it is asked when those others have ended, too. A halted qube is no failure.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
