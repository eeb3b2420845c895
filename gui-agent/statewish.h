// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/guitypes.h"

#include <cstdint>
#include <optional>

namespace Bulkhead::GuiAgent
{

/// State changes that a program asked for (EWMH, client message _NET_WM_STATE), gathered until they can be sent. The
/// later of two contradicting requests counts, so no state is ever in both lists.
struct StateWish {
    enum class Action : std::uint8_t { Remove = 0, Add = 1, Toggle = 2 };

    Gui::StateFlags set;
    Gui::StateFlags unset;

    /// @param which    the states that the request names
    /// @param present  what the window's states are now; counts for Toggle, together with what is wished already
    void request(Action action, Gui::StateFlags which, Gui::StateFlags present) noexcept;

    [[nodiscard]] bool none() const noexcept
    {
        return set.none() && unset.none();
    }

    /// The first word of the client message, if it is one of the three.
    [[nodiscard]] static std::optional<Action> actionOf(std::uint32_t word) noexcept;
};

/// `states` with the bits of `set` added and those of `unset` removed.
[[nodiscard]] Gui::StateFlags changed(Gui::StateFlags states, Gui::StateFlags set, Gui::StateFlags unset) noexcept;

} // namespace Bulkhead::GuiAgent
