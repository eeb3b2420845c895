// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "base/ids.h"
#include "clipboard/drag/guest/display.h"
#include "vchan-io/transport/eventloop.h"

#include <cstdint>
#include <functional>
#include <string>

namespace Bulkhead::Drag
{

/// Drops a list of files onto a window of this session, as an ordinary drag of version 5 of the XDND protocol would:
/// the program there cannot tell the difference.
class DropOffer
{
public:
    /// From the offer to the program's last word.
    static constexpr Duration Patience = std::chrono::seconds(10);

    using OnEnd = std::move_only_function<void(bool isTaken)>;

    /// @param display, loop  outlive it
    DropOffer(const Display &display, EventLoop &loop);

    /// @param window  the one that the person let go over, as dom0 knows it
    /// @param pointer  where, from the screen's corner
    /// @param uriList  text/uri-list
    /// @param onEnd  called once, perhaps at once; not for an offer that a newer one replaced
    void start(WindowId window, Point pointer, std::string uriList, OnEnd onEnd);
    /// Takes the event if it belongs to an offer.
    void handle(const xcb_generic_event_t &event);

private:
    enum class Step : std::uint8_t { Idle, AwaitingStatus, AwaitingFinish };

    /// The window that takes drags at the pointer: this one, or one inside; none.
    [[nodiscard]] xcb_window_t findTarget(xcb_window_t from, Point pointer) const;
    [[nodiscard]] std::uint32_t versionOf(xcb_window_t window) const;
    void onMessage(const xcb_client_message_event_t &event);
    void onRequest(const xcb_selection_request_event_t &request) const;
    void sendPosition() const;
    void finish(bool isTaken);

    const Display &m_display;
    EventLoop &m_loop;
    Step m_step = Step::Idle;
    xcb_window_t m_target = XCB_WINDOW_NONE;
    std::uint32_t m_version = 0;
    Point m_pointer;
    std::string m_uriList;
    OnEnd m_onEnd;
    unsigned m_asked = 0; ///< positions told
    EventLoop::Handle m_limit;
};

} // namespace Bulkhead::Drag
