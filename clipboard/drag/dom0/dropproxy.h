// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "clipboard/drag/guest/display.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace Bulkhead::Drag
{

/// The target's half of XDND, versions 3 to 5, for the windows of qubes: what a program of dom0's that drags says of
/// the frames that our window speaks for. It takes no data: whoever wants the list asks for the selection. Main thread
/// only.
class DropProxy
{
public:
    struct Handlers {
        std::function<void()> onEnter;                ///< files are over the frame of a qube
        std::function<bool(Point place)> onOver;      ///< @return whether a release would be taken
        std::function<void()> onLeave;                ///< away from that frame, or the drag is over
        std::function<void(bool withControl)> onDrop; ///< released; finish() is awaited
    };

    /// @param display  outlives it
    DropProxy(const Display &display, Handlers handlers);

    void handle(const xcb_generic_event_t &event);

    /// After onDrop: the program that drags may forget its list.
    void finish(bool isTaken);

private:
    /// A drag over one frame.
    struct Visit {
        xcb_window_t source; ///< of the program that drags
        xcb_window_t frame;
        bool isDropped = false;
    };

    void onEnter(const xcb_client_message_event_t &message);
    void onPosition(const Visit &visit, const xcb_client_message_event_t &message);
    void onLeave();
    void onDrop(Visit &visit);

    [[nodiscard]] bool offersFiles(const xcb_client_message_event_t &enter) const;
    [[nodiscard]] static bool isOf(const Visit &visit, const xcb_client_message_event_t &message);

    const Display &m_display;
    Handlers m_handlers;
    std::optional<Visit> m_visit;
};

} // namespace Bulkhead::Drag
