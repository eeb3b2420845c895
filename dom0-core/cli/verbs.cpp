// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/verbs.h"

#include "dom0-core/cli/verbs/table.h"

#include <algorithm>
#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Verbs{
    &BlockVerb,    &CheckVerb,       &CloneVerb,     &CreateVerb,  &DeviceVerb, &FeaturesVerb,
    &FirewallVerb, &GlobalPrefsVerb, &HostSleepVerb, &KillVerb,    &LsVerb,     &NotesVerb,
    &PauseVerb,    &PoolVerb,        &PrefsVerb,     &RemoveVerb,  &RunVerb,    &ServiceVerb,
    &ShutdownVerb, &StartVerb,       &TagsVerb,      &UnpauseVerb, &VolumeVerb,
};

constexpr std::array Common{
    Option{.letter = 'h', .names = "help", .help = "say how the command is used, and end"},
    Option{.letter = 'v', .names = "verbose", .help = "say more on what is done"},
    Option{.letter = 'q', .names = "quiet", .help = "say less on what is done; errors are said all the same"},
    Option{.names = "version", .help = "name the version, and end"},
    Option{.names = "force-root", .help = ""},
    Option{.names = "run-directory", .help = "", .value = "DIRECTORY", .completes = Completes::Files},
    Option{.names = "qrexec-client", .help = "", .value = "PROGRAM", .completes = Completes::Files},
};

} // namespace

std::span<const Verb *const> allVerbs()
{
    return Verbs;
}

const Verb *findVerb(std::string_view name)
{
    const auto place = std::ranges::find_if(Verbs, [name](const Verb *verb) {
        return verb->name == name || verb->link == name;
    });
    return place == Verbs.end() ? nullptr : *place;
}

Grammar grammarOf(const Verb &verb)
{
    Grammar grammar{.options = {verb.options.begin(), verb.options.end()},
                    .operandsEndOptions = verb.operandsEndOptions,
                    .inPlaceOfOperand = {verb.inPlaceOfOperand.begin(), verb.inPlaceOfOperand.end()}};
    grammar.options.insert(grammar.options.end(), verb.moreOptions.begin(), verb.moreOptions.end());
    grammar.options.insert(grammar.options.end(), Common.begin(), Common.end());
    return grammar;
}

} // namespace Bulkhead::Cli
