// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/verb.h"

namespace Bulkhead::Cli
{

// One file each, named like the command.
extern const Verb BlockVerb;
extern const Verb CheckVerb;
extern const Verb CloneVerb;
extern const Verb CreateVerb;
extern const Verb DeviceVerb;
extern const Verb FeaturesVerb;
extern const Verb FirewallVerb;
extern const Verb GlobalPrefsVerb;
extern const Verb HostSleepVerb;
extern const Verb KillVerb;
extern const Verb LsVerb;
extern const Verb NotesVerb;
extern const Verb PauseVerb;
extern const Verb PoolVerb;
extern const Verb PrefsVerb;
extern const Verb RemoveVerb;
extern const Verb RunVerb;
extern const Verb ServiceVerb;
extern const Verb ShutdownVerb;
extern const Verb StartVerb;
extern const Verb TagsVerb;
extern const Verb UnpauseVerb;
extern const Verb VolumeVerb;

} // namespace Bulkhead::Cli
