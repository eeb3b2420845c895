// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "base/ids.h"
#include "gui-agent/damageregion.h"
#include "gui-agent/statewish.h"
#include "gui-agent/windowtext.h"
#include "gui-agent/x11/xcbhandles.h"
#include "vchan-io/wire/guitypes.h"

#include <xcb/damage.h>

#include <cstdint>
#include <optional>

namespace Bulkhead::GuiAgent
{

/// Whether and how a program takes the keyboard and closes its window (ICCCM 4.1.7, 4.2.8).
struct Manners {
    bool takesInput = true;     ///< WM_HINTS.input; programs without the hint take it
    bool takesFocus = false;    ///< WM_TAKE_FOCUS
    bool deletesWindow = false; ///< WM_DELETE_WINDOW
};

/// Where a window's pixels come from on the X server, and how large the picture in the granted pages is.
struct Picture {
    XcbPixmap pixmap;
    Size size;         ///< of the pixmap and of the picture; not always the window's, while it is being resized
    bool stale = true; ///< the window may have another pixmap by now
};

/// What the daemon has been told about a window. What differs from the window itself is told next.
struct Announced {
    bool created = false;
    bool mapped = false;
    bool dumped = false; ///< it has the present pages
    bool overrideRedirect = false;
    Rect geometry;
    std::optional<SafeText> title;
    ProgramClass programClass;
    Gui::SizeHints hints;
    Gui::CursorShape cursor;
};

/// One window of the guest that exists for the daemon: a child of the root window that can show something.
/// The watcher keeps the facts, the announcer what was said about them.
struct GuestWindow {
    explicit GuestWindow(WindowId windowId, std::uint64_t birth) noexcept
        : id(windowId)
        , born(birth)
    {
    }

    [[nodiscard]] xcb_window_t xid() const noexcept
    {
        return id.value();
    }

    WindowId id;        ///< X's own id
    std::uint64_t born; ///< counts up from window to window

    Rect geometry; ///< root coordinates, as X has it
    bool overrideRedirect = false;
    bool mapped = false;
    std::optional<SafeText> title;
    ProgramClass programClass;
    Gui::SizeHints hints;
    std::optional<WindowId> transientFor;
    Manners manners;
    Gui::StateFlags state; ///< as its _NET_WM_STATE says
    StateWish wish;        ///< changes that its program asked for and the daemon has not heard of
    Gui::CursorShape cursor;

    bool hidden = false;      ///< the person minimised it: nobody sees its pixels
    unsigned answersOwed = 0; ///< Configures of the daemon that were not answered
    bool touched = false;     ///< is in the table's list of what to look at

    xcb_damage_damage_t damageId = XCB_NONE;
    DamageRegion damage;
    Picture picture;
    Announced announced;
};

} // namespace Bulkhead::GuiAgent
