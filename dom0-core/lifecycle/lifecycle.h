// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/qube.h"

#include <cstdint>
#include <optional>

namespace Bulkhead::Lifecycle
{

/// Where a qube is between two halts. Finer than PowerState, which is what clients see.
enum class Phase : std::uint8_t {
    Halted,
    Preparing, ///< a start was asked for; there is no domain yet
    Booting,   ///< the domain exists, its agent is not there yet
    Running,
    Paused,
    Dying,    ///< the domain is being torn down
    Crashed,  ///< the domain is kept for a look; only destroying it goes on
    Cleaning, ///< the domain is gone; its volumes are being stopped
};

/// What happens to a qube.
enum class Happening : std::uint8_t {
    StartBegun,
    StartFailed, ///< before there was a domain
    DomainUp,
    DomainFound, ///< it ran already when the daemon started
    AgentThere,
    DomainPaused,
    DomainResumed,
    DomainDying,
    DomainCrashed,
    DomainGone,
    CleanedUp,
};

/// The phase after `what` happened in `phase`; nothing if it cannot happen there and is to be ignored.
/// Pure: a table.
/// @source spec qube-model, 9
[[nodiscard]] std::optional<Phase> next(Phase phase, Happening what);

/// What clients are told of a phase. While a start is being prepared a qube is no longer halted: what needs a halted
/// qube must wait already.
[[nodiscard]] PowerState powerOf(Phase phase);

/// There is a domain that runs or could: it can be destroyed.
[[nodiscard]] bool hasDomain(Phase phase);

} // namespace Bulkhead::Lifecycle
