// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/label.h"
#include "gui-daemon/screenhalf/windowpolicy.h"
#include "gui-daemon/screenhalf/x11/connection.h"
#include "gui-daemon/screenhalf/x11/xcbhandles.h"
#include "gui-daemon/strip.h"

#include <cstdint>

namespace Bulkhead::Screen
{

/// What of a frame can change without a new frame.
struct FrameState {
    FrameGeometry geometry;
    bool mapped = false;

    friend bool operator==(const FrameState &, const FrameState &) = default;
};

/// Width of the window manager's own decoration on the sides that move the frame.
struct Decoration {
    std::int32_t left = 0;
    std::int32_t top = 0;

    friend bool operator==(const Decoration &, const Decoration &) = default;
};

/// The X windows of one guest's window, the outer one first to come and last to go. The frame's background is the
/// label's colour; the server clips what is inside (spec security, R-20).
struct Frame {
    Kind kind = Kind::Managed;
    XcbWindow window;
    XcbWindow strip;   ///< managed frames only, and only with a picture
    XcbWindow content; ///< where the guest's pixels go; shows the label's colour until there are any
    FrameState shown;
    Decoration decoration;
};

/// The one place that makes, moves, maps and colours frames: sends what differs and remembers it as shown.
class FramePusher
{
public:
    /// @param connection  outlives it
    FramePusher(const Connection &connection, LabelColor color, const StripPicture &strip);

    [[nodiscard]] std::uint32_t stripHeight() const noexcept
    {
        return m_stripSize.height;
    }

    /// A frame that is not mapped.
    [[nodiscard]] Frame create(Kind kind, const FrameGeometry &geometry) const;

    /// @param below  a popup that is mapped by this goes right below this window; XCB_NONE: to the top
    void push(Frame &frame, const FrameState &wanted, xcb_window_t below = XCB_NONE) const;

private:
    void moveFrame(const Frame &frame, const Rect &from, const Rect &to) const;
    void placeInside(xcb_window_t child, const Rect &from, const Rect &to) const;
    void map(const Frame &frame, xcb_window_t below) const;
    void unmap(const Frame &frame) const;
    [[nodiscard]] Rect stripPlace(const Rect &strip) const;
    [[nodiscard]] XcbWindow createWindow(xcb_window_t parent, const Rect &place, Kind kind, std::uint32_t events) const;

    const Connection &m_connection;
    std::uint32_t m_labelPixel;
    Size m_stripSize;
    XcbPixmap m_stripPixmap;
};

} // namespace Bulkhead::Screen
