// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-daemon/screenhalf/x11/connection.h"

#include <array>
#include <string_view>

namespace Bulkhead::Screen
{

/// Instance names (WM_CLASS) of programs that cover a locked screen. No guest's window has one of them: the names of
/// theirs begin with the qube's name and a colon.
inline constexpr std::array<std::string_view, 3> LockerNames{"xscreensaver", "kscreenlocker_greet", "i3lock"};

/// The lowest window that covers a locked screen, XCB_NONE if none does: popups belong below it (spec gui-protocol
/// 5.6). The whole stack is searched, so that a popup that was made before the locker started stays below it, too.
/// Waits for the server's answers.
[[nodiscard]] xcb_window_t findLowestLocker(const Connection &connection);

} // namespace Bulkhead::Screen
