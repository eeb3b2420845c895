// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "gui-daemon/identity.h"
#include "gui-daemon/screenhalf/windowpolicy.h"
#include "gui-daemon/screenhalf/windowstate.h"
#include "gui-daemon/screenhalf/x11/connection.h"
#include "gui-daemon/screenhalf/x11/framepusher.h"
#include "vchan-io/wire/guitypes.h"
#include "vchan-io/wire/safetext.h"

#include <string>

namespace Bulkhead::Screen
{

/// Writes and reads the properties of frames (spec gui-protocol 5.3). The qube's name comes first in whatever the
/// window manager may show; none of the names that rules match on is the guest's alone.
class Properties
{
public:
    /// @param connection, identity  outlive it
    Properties(const Connection &connection, const Identity &identity);

    /// All that is fixed for a frame's life: label, qube, window id, protocols. Before it is first mapped.
    void writeIdentity(xcb_window_t frame, WindowId window) const;
    /// `[QUBE] title`, in all four name properties.
    void writeTitle(xcb_window_t frame, const SafeText &title) const;
    /// (`QUBE:name`, `QUBE:class`).
    void writeClass(xcb_window_t frame, const SafeText &resourceName, const SafeText &resourceClass) const;
    /// @param borders  what the frame is larger than the content
    void writeHints(xcb_window_t frame, const Gui::SizeHints &hints, Size borders) const;
    /// XCB_NONE: for nothing.
    void writeTransientFor(xcb_window_t frame, xcb_window_t parent) const;
    /// When the person last acted here, in X time; 0 keeps a new window from taking the focus (spec security, R-32).
    void writeUserTime(xcb_window_t frame, xcb_timestamp_t time) const;
    /// For frames that are not mapped: the states they start with.
    void writeStates(xcb_window_t frame, const WmStates &states) const;
    /// For mapped frames: asks the window manager.
    void requestStates(xcb_window_t frame, const WindowState::WmRequest &request) const;

    /// Waits for the server's answer.
    [[nodiscard]] WmStates readStates(xcb_window_t frame) const;
    /// Waits for the server's answer.
    [[nodiscard]] Decoration readDecoration(xcb_window_t frame) const;

private:
    void writeText(xcb_window_t frame, xcb_atom_t property, xcb_atom_t type, std::string_view text) const;
    void writeNumber(xcb_window_t frame, xcb_atom_t property, xcb_atom_t type, std::uint32_t value) const;
    void requestState(xcb_window_t frame, bool add, xcb_atom_t first, xcb_atom_t second) const;
    void sendToRoot(xcb_window_t frame, xcb_atom_t type, std::array<std::uint32_t, 5> data) const;

    const Connection &m_connection;
    const Identity &m_identity;
    std::string m_prefix;
    std::uint32_t m_pid;
};

} // namespace Bulkhead::Screen
