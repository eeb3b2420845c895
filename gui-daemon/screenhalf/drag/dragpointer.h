// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "base/ids.h"
#include "gui-daemon/screenhalf/drag/dragwatch.h"
#include "gui-daemon/screenhalf/guestwindow.h"
#include "gui-daemon/screenhalf/keysequence.h"
#include "gui-daemon/screenhalf/x11/connection.h"
#include "vchan-io/wire/dragscreenmessages.h"

#include <functional>
#include <optional>
#include <vector>

namespace Bulkhead::Screen
{

/// The pointer and the keyboard of a drag across qubes: watches the button that the person pressed in a window of the
/// qube, takes pointer and keyboard when bulkhead-drag says so, and tells it what they do. Meanwhile the qube hears
/// nothing of them (spec ui 8.3.2). Main thread only.
class DragPointer
{
public:
    struct Handlers {
        std::function<void(const Drag::FromScreen &message)> tell;
        std::function<std::vector<Rect>()> shownFrames; ///< of the qube
        /// The qube is to hear that the first button came up in this window, at this place of its picture.
        std::function<void(WindowId window, Point position, std::uint16_t state)> letGo;
    };

    /// @param connection  outlives it
    DragPointer(const Connection &connection, Handlers handlers);
    DragPointer(const DragPointer &) = delete;
    DragPointer &operator=(const DragPointer &) = delete;
    ~DragPointer() = default;

    /// Takes the event if dom0 has the pointer and it is about that; then the qube must not see it.
    [[nodiscard]] bool handle(const xcb_generic_event_t &event);

    // What the qube sees, too.
    void onButton(const GuestWindow &window, const xcb_button_press_event_t &event);
    void onMotion(const GuestWindow &window, const xcb_motion_notify_event_t &event);
    void forget(WindowId window);

    void onOrder(const Drag::ToScreen &order);
    /// bulkhead-drag has gone: nobody else ends what it began.
    void onLost();

    /// At the end of a turn: of many motions the last is told.
    void settle();

private:
    void take();
    void giveBack();
    void letGo();
    void tell(const DragWatch::Message &message);
    void onButtonElsewhere(const xcb_button_press_event_t &event);
    void onKeyElsewhere(const xcb_key_press_event_t &event);

    const Connection &m_connection;
    Handlers m_handlers;
    DragWatch m_watch;
    Point m_seen;                  ///< where the qube saw the pointer last, in the picture of the pressed window
    std::uint16_t m_seenState = 0; ///< with these buttons and modifiers
    std::optional<Point> m_untold; ///< the newest place that is not told yet
    KeyMeanings m_meanings;        ///< of now, while dom0 has the keyboard
};

} // namespace Bulkhead::Screen
