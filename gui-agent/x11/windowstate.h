// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/guestwindow.h"
#include "gui-agent/x11/connection.h"

namespace Bulkhead::GuiAgent
{

/// Writes into the window's _NET_WM_STATE and WM_STATE what its states became, as a window manager does. States that
/// the wire does not know are kept.
void changeWindowState(Connection &x, GuestWindow &window, Gui::StateFlags set, Gui::StateFlags unset);

/// The window was shown: WM_STATE says so.
void markShown(Connection &x, const GuestWindow &window);

/// The window was withdrawn: it has no state (ICCCM 4.1.4, EWMH).
void clearWindowState(Connection &x, const GuestWindow &window);

/// The states that a list of _NET_WM_STATE atoms stands for.
[[nodiscard]] Gui::StateFlags statesOf(const std::vector<std::uint32_t> &atoms, const Atoms &known);

} // namespace Bulkhead::GuiAgent
