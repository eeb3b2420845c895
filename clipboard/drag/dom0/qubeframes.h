// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "clipboard/drag/guest/display.h"

namespace Bulkhead::Drag
{

/// Has every frame of a qube's window on dom0's screen name our window as the one that speaks for it in drags
/// (`XdndProxy`): then dom0's programs tell us of files over it, and no gui-daemon has to know of such drags.
/// @return false: the X server is gone
[[nodiscard]] bool proxyQubeFrames(const Display &display);

/// The same for windows that come later, as long as it says so; a frame enters and leaves its window manager's.
void watchFrames(const Display &display, bool isWatching);

/// Whether the event is one of those that watchFrames() asks for and says that there may be another frame.
[[nodiscard]] bool mayShowFrame(const xcb_generic_event_t &event);

/// Whether any button of the pointer is down: without one there is no drag.
[[nodiscard]] bool isButtonDown(const Display &display);

} // namespace Bulkhead::Drag
