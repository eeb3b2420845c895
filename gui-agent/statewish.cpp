// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/statewish.h"

namespace Bulkhead::GuiAgent
{

void StateWish::request(Action action, Gui::StateFlags which, Gui::StateFlags present) noexcept
{
    const std::uint32_t bits = which.bits();
    std::uint32_t adding = action == Action::Add ? bits : 0;
    if (action == Action::Toggle) {
        adding = bits & ~changed(present, set, unset).bits();
    }
    const std::uint32_t removing = bits & ~adding;
    set = Gui::StateFlags::fromBits((set.bits() | adding) & ~removing);
    unset = Gui::StateFlags::fromBits((unset.bits() | removing) & ~adding);
}

std::optional<StateWish::Action> StateWish::actionOf(std::uint32_t word) noexcept
{
    switch (word) {
    case 0:
        return Action::Remove;
    case 1:
        return Action::Add;
    case 2:
        return Action::Toggle;
    default:
        return std::nullopt;
    }
}

Gui::StateFlags changed(Gui::StateFlags states, Gui::StateFlags set, Gui::StateFlags unset) noexcept
{
    return Gui::StateFlags::fromBits((states.bits() | set.bits()) & ~unset.bits());
}

} // namespace Bulkhead::GuiAgent
