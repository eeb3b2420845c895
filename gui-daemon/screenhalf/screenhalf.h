// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "gui-daemon/identity.h"
#include "gui-daemon/screenhalf/clipboardkeys.h"
#include "gui-daemon/screenhalf/x11/connection.h"
#include "gui-daemon/strip.h"
#include "vchan-io/wire/clipboardmessages.h"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>

namespace Bulkhead
{

/// Copying and pasting between qubes, as far as the screen half has to do with it.
struct ClipboardSettings {
    Screen::ClipboardSequences sequences = {};
    std::uint32_t sizeLimit = Clipboard::DefaultSizeLimit; ///< bytes that may be copied from this qube
    UniqueFd listener = {};                                ///< where bulkhead-clipboard comes; empty: it does not
};

/// What crosses between qubes by way of this half.
struct CrossingSettings {
    ClipboardSettings clipboard = {};
    UniqueFd dragListener = {}; ///< where bulkhead-drag comes; empty: it does not
};

/// What the person has set for this qube, beside who it is.
struct ScreenSettings {
    std::chrono::milliseconds eventsMaxDelay{0}; ///< as EventDelay takes it
};

/// The half that shows windows. Confines itself and serves the X server and the wire half until one of them ends.
/// @param wire       the socket to the wire half
/// @param wireHalf   its process, whose exit status becomes ours
/// @return the process's exit status, an ExitStatus
[[nodiscard]] int runScreenHalf(const Identity &identity,
                                std::unique_ptr<Screen::Connection> connection,
                                const StripPicture &strip,
                                UniqueFd wire,
                                pid_t wireHalf,
                                CrossingSettings crossings,
                                const ScreenSettings &settings);

} // namespace Bulkhead
