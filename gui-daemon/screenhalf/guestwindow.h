// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "base/ids.h"
#include "gui-daemon/screenhalf/windowpolicy.h"
#include "gui-daemon/screenhalf/windowstate.h"
#include "gui-daemon/screenhalf/x11/framepusher.h"
#include "gui-daemon/screenhalf/x11/sharedimage.h"
#include "vchan-io/wire/guifromagent.h"

#include <cstdint>
#include <optional>

namespace Bulkhead::Screen
{

/// One window of the qube: what is wanted of it and what the X server has been told. Handlers change what is wanted,
/// Windows::settle() tells the server.
struct GuestWindow {
    WindowId id;

    // Wanted.
    Rect geometry; ///< as on the wire, after the policy
    bool asksForPopup = false;
    Kind kind = Kind::Managed;
    bool mapped = false;        ///< by the qube
    bool suppressed = false;    ///< mapped by the qube, but there are too many popups (L-02)
    std::uint64_t mapOrder = 0; ///< when it was mapped last
    std::optional<WindowId> transientFor;
    SafeText title;
    SafeText resourceName;
    SafeText resourceClass;
    Gui::SizeHints hints;
    Gui::CursorShape cursor;

    // What of it changed since the last settle().
    bool titleChanged = true;
    bool classChanged = true;
    bool hintsChanged = true;
    bool cursorChanged = true;
    bool transientChanged = false;

    // The server's side.
    Frame frame;
    SharedImage image;
    WindowState state;
    WmStates startStates;      ///< for the property of a frame that is not mapped
    Rect reported;             ///< geometry that the wire half was told last or asked for itself
    bool placeUnknown = false; ///< somebody moved or resized the frame: the server must be asked
    bool statesUnknown = false;
    bool decorationUnknown = false;
    bool visible = false; ///< some pixel of the content can be seen

    [[nodiscard]] bool wantsShowing() const noexcept
    {
        return mapped && !suppressed;
    }
};

} // namespace Bulkhead::Screen
