// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/guitypes.h"

#include <cstdint>
#include <optional>

namespace Bulkhead::Screen
{

/// States as the window manager knows them (_NET_WM_STATE).
struct WmStates {
    bool fullScreen = false;
    bool maximized = false; ///< both ways
    bool hidden = false;
    bool attention = false;

    friend bool operator==(const WmStates &, const WmStates &) = default;
};

/// Full screen, attention and minimising of one window, between what its qube asks for and what the window manager
/// does. Pure. No qube gets the full screen by asking: its window is maximised inside its frame instead, and the qube
/// is told that it has what it wanted (spec gui-protocol 5.6, security R-29).
class WindowState
{
public:
    struct WmRequest {
        WmStates add;
        WmStates remove;
        bool iconify = false;

        friend bool operator==(const WmRequest &, const WmRequest &) = default;
    };

    struct Change {
        Gui::StateFlags set;
        Gui::StateFlags unset;

        friend bool operator==(const Change &, const Change &) = default;
    };

    /// The qube's wish for a window that is not mapped. @return what its property is to hold, nothing else
    [[nodiscard]] WmStates wishBeforeMap(const Gui::StateFlags &set);
    /// The qube's wish for a mapped window. @return what to ask of the window manager
    [[nodiscard]] WmRequest wishWhileMapped(Gui::StateFlags set, Gui::StateFlags unset);
    /// The property of a mapped window as it is now. @return what the qube does not know yet
    [[nodiscard]] std::optional<Change> observed(const WmStates &states);

private:
    /// What a wish for the full screen has come to.
    enum class Instead : std::uint8_t {
        Nothing,
        Asked, ///< the window manager is to maximise the window and has not done so yet
        Given, ///< it is maximised, and stands for full screen until it is not any more
    };

    Instead m_instead = Instead::Nothing;
    Gui::StateFlags m_reported;
};

} // namespace Bulkhead::Screen
