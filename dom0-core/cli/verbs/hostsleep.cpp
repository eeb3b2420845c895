// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-host-sleep: what the system says to the core around a sleep of the machine.
#include "dom0-core/cli/verbs/table.h"

#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Operands{Operand{.name = "WHEN", .completes = Completes::Words, .words = "before,after"}};

Result<int> run(Session &session, const Arguments &arguments)
{
    const auto &words = arguments.operands();
    if (words.size() != 1 || (words.front() != "before" && words.front() != "after")) {
        return fail(Errc::BadValue, "say whether this is before or after the sleep");
    }
    const char *const method = words.front() == "before" ? "internal.SuspendPre" : "internal.SuspendPost";
    BH_CHECK(session.daemon.callInternal({.method = method, .qube = "dom0"}).transform([](const auto &) { }));
    return 0;
}

} // namespace

constinit const Verb HostSleepVerb{
    .name = "host-sleep",
    .link = "bulkhead-host-sleep",
    .summary = "put all qubes to sleep before the machine, and wake them after it",
    .synopsis = "before|after",
    .description =
        "Before the machine sleeps, every running qube is told and paused, and disposables that were made in "
        "advance are dropped. After it those qubes go on and are told; a qube that a person had paused stays "
        "paused. The system does this by itself: bulkhead-sleep.service.",
    .options = {},
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
