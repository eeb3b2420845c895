// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/model/volumes.h"
#include "dom0-core/storage/pool.h"

#include <string>

namespace Bulkhead
{

/// Why a volume cannot be changed, in words for a person. Pure, but for the callback.

/// @param what  what has not happened, without a full stop
[[nodiscard]] std::unexpected<Refusal> storageRefusal(const std::string &what, const Error &error);
/// Answers `done` with what a pool tells.
[[nodiscard]] Pool::Done storageDone(std::string what, Runner::Done done);

/// Disabling snapshots, or enabling them, changes what a run is on: so nothing may run from the volume.
/// @errors NotHalted, BadValue (it keeps nothing)
[[nodiscard]] Checked<void> checkRevisionsToKeep(const Model &model, const Qube &qube, const Volume &volume, int count);
/// A volume with snapshots disabled is written while qubes would run from it: either those run, or its own does.
/// @errors QubeState
/// @source spec qube-model, 8.1 and 11
[[nodiscard]] Checked<void> checkSourcesAreStill(const Model &model, const Qube &qube);
/// Only a volume that begins empty at each start can be encrypted with a key that nobody keeps.
/// @errors BadValue, NotImplemented
/// @source spec qube-model, 8.3
[[nodiscard]] Checked<void> checkEphemeral(const Volume &volume, bool ephemeral);

} // namespace Bulkhead
