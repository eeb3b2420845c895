// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <xcb/xcb.h>

namespace Bulkhead::GuiAgent
{

/// Every atom that the agent names and that X does not predefine: one list, interned together.
#define BH_AGENT_ATOMS(ATOM)                                                                                           \
    ATOM(netSupported, "_NET_SUPPORTED")                                                                               \
    ATOM(netSupportingWmCheck, "_NET_SUPPORTING_WM_CHECK")                                                             \
    ATOM(netWmMoveResize, "_NET_WM_MOVERESIZE")                                                                        \
    ATOM(netWmName, "_NET_WM_NAME")                                                                                    \
    ATOM(netWmState, "_NET_WM_STATE")                                                                                  \
    ATOM(netWmStateDemandsAttention, "_NET_WM_STATE_DEMANDS_ATTENTION")                                                \
    ATOM(netWmStateFullscreen, "_NET_WM_STATE_FULLSCREEN")                                                             \
    ATOM(netWmStateHidden, "_NET_WM_STATE_HIDDEN")                                                                     \
    ATOM(utf8String, "UTF8_STRING")                                                                                    \
    ATOM(wmChangeState, "WM_CHANGE_STATE")                                                                             \
    ATOM(wmDeleteWindow, "WM_DELETE_WINDOW")                                                                           \
    ATOM(wmProtocols, "WM_PROTOCOLS")                                                                                  \
    ATOM(wmState, "WM_STATE")                                                                                          \
    ATOM(wmTakeFocus, "WM_TAKE_FOCUS")                                                                                 \
    ATOM(clipboard, "CLIPBOARD")                                                                                       \
    ATOM(targets, "TARGETS")                                                                                           \
    ATOM(timestamp, "TIMESTAMP")                                                                                       \
    ATOM(multiple, "MULTIPLE")                                                                                         \
    ATOM(incr, "INCR")                                                                                                 \
    ATOM(compoundText, "COMPOUND_TEXT")                                                                                \
    ATOM(bulkheadTransfer, "BULKHEAD_TRANSFER")

struct Atoms {
#define BH_DECLARE_ATOM(member, name) xcb_atom_t member = XCB_ATOM_NONE;
    BH_AGENT_ATOMS(BH_DECLARE_ATOM)
#undef BH_DECLARE_ATOM

    /// @errors PeerGone (the connection broke)
    [[nodiscard]] static Result<Atoms> intern(xcb_connection_t *connection);
};

} // namespace Bulkhead::GuiAgent
