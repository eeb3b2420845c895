// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/lifecycle.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Bulkhead::Lifecycle
{

namespace
{

struct Transition {
    Phase from;
    Happening what;
    Phase to;
};

constexpr std::array Table{
    Transition{Phase::Halted, Happening::StartBegun, Phase::Preparing},
    Transition{Phase::Halted, Happening::DomainFound, Phase::Booting},
    Transition{Phase::Preparing, Happening::StartFailed, Phase::Halted},
    Transition{Phase::Preparing, Happening::DomainUp, Phase::Booting},
    Transition{Phase::Booting, Happening::AgentThere, Phase::Running},
    Transition{Phase::Booting, Happening::DomainPaused, Phase::Paused},
    Transition{Phase::Running, Happening::DomainPaused, Phase::Paused},
    Transition{Phase::Paused, Happening::DomainResumed, Phase::Running},
    Transition{Phase::Booting, Happening::DomainDying, Phase::Dying},
    Transition{Phase::Running, Happening::DomainDying, Phase::Dying},
    Transition{Phase::Paused, Happening::DomainDying, Phase::Dying},
    Transition{Phase::Crashed, Happening::DomainDying, Phase::Dying},
    Transition{Phase::Booting, Happening::DomainCrashed, Phase::Crashed},
    Transition{Phase::Running, Happening::DomainCrashed, Phase::Crashed},
    Transition{Phase::Paused, Happening::DomainCrashed, Phase::Crashed},
    Transition{Phase::Booting, Happening::DomainGone, Phase::Cleaning},
    Transition{Phase::Running, Happening::DomainGone, Phase::Cleaning},
    Transition{Phase::Paused, Happening::DomainGone, Phase::Cleaning},
    Transition{Phase::Dying, Happening::DomainGone, Phase::Cleaning},
    Transition{Phase::Crashed, Happening::DomainGone, Phase::Cleaning},
    Transition{Phase::Cleaning, Happening::CleanedUp, Phase::Halted},
};

} // namespace

std::optional<Phase> next(Phase phase, Happening what)
{
    const auto place = std::ranges::find_if(Table, [phase, what](const Transition &line) {
        return line.from == phase && line.what == what;
    });
    return place == Table.end() ? std::nullopt : std::optional(place->to);
}

PowerState powerOf(Phase phase)
{
    switch (phase) {
    case Phase::Halted:
        return PowerState::Halted;
    case Phase::Preparing:
    case Phase::Booting:
        return PowerState::Transient;
    case Phase::Running:
        return PowerState::Running;
    case Phase::Paused:
        return PowerState::Paused;
    case Phase::Dying:
    case Phase::Cleaning:
        return PowerState::Dying;
    case Phase::Crashed:
        return PowerState::Crashed;
    }
    std::unreachable();
}

bool hasDomain(Phase phase)
{
    return phase == Phase::Booting || phase == Phase::Running || phase == Phase::Paused || phase == Phase::Crashed;
}

} // namespace Bulkhead::Lifecycle
