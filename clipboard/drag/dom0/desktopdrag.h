// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "clipboard/drag/dom0/dropproxy.h"
#include "clipboard/drag/guest/agent.h"
#include "clipboard/drag/guest/display.h"
#include "vchan-io/transport/draglink.h"
#include "vchan-io/transport/eventloop.h"

#include <cstdint>
#include <memory>

namespace Bulkhead::Drag
{

/// Files of dom0 onto a window of a qube: dom0's part as a source. To bulkhead-drag it is what a screen half and an
/// agent are for a qube: it tells of the gesture, names what is dragged, and copies it where the person let go. What is
/// drawn, what the policy says and what becomes of it are bulkhead-drag's, as for files of a qube (spec ui 8.2, 8.3).
/// The pointer stays with the program that drags.
class DesktopDrag
{
public:
    /// Between two windows that lie side by side the drag goes on.
    static constexpr Duration BetweenWindows = std::chrono::milliseconds(150);
    /// For bulkhead-drag to take the list after a release.
    static constexpr Duration DropPatience = std::chrono::seconds(6);

    /// @param listener  of listenAsQube(), for dom0
    /// @errors of Display, Agent and DragLink
    [[nodiscard]] static Result<std::unique_ptr<DesktopDrag>>
    create(EventLoop &loop, AgentSettings settings, UniqueFd listener);

    DesktopDrag(const DesktopDrag &) = delete;
    DesktopDrag &operator=(const DesktopDrag &) = delete;
    ~DesktopDrag() = default;

private:
    enum class Phase : std::uint8_t {
        Idle,    ///< nothing of ours is over a qube
        Leading, ///< files are over a qube; bulkhead-drag has not taken the drag yet
        Away,    ///< it has
        Dropped, ///< it has been told of the release
    };

    explicit DesktopDrag(EventLoop &loop, std::unique_ptr<Display> display);

    [[nodiscard]] Result<void> start(AgentSettings settings, UniqueFd listener);
    void settle();
    void onEvent(const xcb_generic_event_t &event);
    void onDragBegin();
    void onOrder(const ToScreen &order);
    void onLost();

    void onEnter();
    [[nodiscard]] bool onOver(Point place);
    void onLeave();
    void onDrop(bool withControl);
    void giveUp();
    void finish(bool isTaken);

    EventLoop &m_loop;
    std::unique_ptr<Display> m_display;
    DropProxy m_proxy;
    std::unique_ptr<Agent> m_agent;
    std::unique_ptr<DragLink> m_link;
    Phase m_phase = Phase::Idle;
    bool m_isWatching = false; ///< for frames that come while something is dragged
    Point m_place;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_limit;
};

} // namespace Bulkhead::Drag
