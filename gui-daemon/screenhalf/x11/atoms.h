// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <xcb/xcb.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace Bulkhead::Screen
{

/// Every atom that the screen half uses, in the order of AtomNames.
enum class AtomId : std::uint8_t {
    WmProtocols,
    WmDeleteWindow,
    WmState,
    WmChangeState,
    Utf8String,
    NetWmName,
    NetWmIconName,
    NetWmPid,
    NetWmPing,
    NetWmState,
    NetWmStateFullScreen,
    NetWmStateMaximizedVert,
    NetWmStateMaximizedHorz,
    NetWmStateHidden,
    NetWmStateAttention,
    NetWmUserTime,
    NetWorkArea,
    NetCurrentDesktop,
    NetFrameExtents,
    QubesLabel,
    QubesLabelColor,
    QubesVmName,
    QubesVmWindowId,
    BulkheadLocked,
    Count,
};

inline constexpr std::array<std::string_view, std::to_underlying(AtomId::Count)> AtomNames{
    "WM_PROTOCOLS",
    "WM_DELETE_WINDOW",
    "WM_STATE",
    "WM_CHANGE_STATE",
    "UTF8_STRING",
    "_NET_WM_NAME",
    "_NET_WM_ICON_NAME",
    "_NET_WM_PID",
    "_NET_WM_PING",
    "_NET_WM_STATE",
    "_NET_WM_STATE_FULLSCREEN",
    "_NET_WM_STATE_MAXIMIZED_VERT",
    "_NET_WM_STATE_MAXIMIZED_HORZ",
    "_NET_WM_STATE_HIDDEN",
    "_NET_WM_STATE_DEMANDS_ATTENTION",
    "_NET_WM_USER_TIME",
    "_NET_WORKAREA",
    "_NET_CURRENT_DESKTOP",
    "_NET_FRAME_EXTENTS",
    "_QUBES_LABEL",
    "_QUBES_LABEL_COLOR",
    "_QUBES_VMNAME",
    "_QUBES_VMWINDOWID",
    "_BULKHEAD_LOCKED",
};

/// The atoms' values on one server, asked for together at start.
class Atoms
{
public:
    /// @errors Io
    [[nodiscard]] static Result<Atoms> intern(xcb_connection_t *connection);

    [[nodiscard]] xcb_atom_t operator[](AtomId id) const noexcept
    {
        return m_values[std::to_underlying(id)];
    }

private:
    std::array<xcb_atom_t, std::to_underlying(AtomId::Count)> m_values{};
};

} // namespace Bulkhead::Screen
