// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/dom0/desktopdrag.h"

#include "base/log.h"
#include "clipboard/drag/dom0/qubeframes.h"

#include <utility>
#include <variant>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag-desktop");

} // namespace

Result<std::unique_ptr<DesktopDrag>> DesktopDrag::create(EventLoop &loop, AgentSettings settings, UniqueFd listener)
{
    BH_TRY(auto display, Display::open());
    std::unique_ptr<DesktopDrag> drag(new DesktopDrag(loop, std::move(display)));
    BH_CHECK(drag->start(std::move(settings), std::move(listener)));
    return drag;
}

DesktopDrag::DesktopDrag(EventLoop &loop, std::unique_ptr<Display> display)
    : m_loop(loop)
    , m_display(std::move(display))
    , m_proxy(*m_display,
              {.onEnter =
                   [this] {
                       onEnter();
                   },
               .onOver =
                   [this](Point place) {
                       return onOver(place);
                   },
               .onLeave =
                   [this] {
                       onLeave();
                   },
               .onDrop =
                   [this](bool withControl) {
                       onDrop(withControl);
                   }})
{
}

Result<void> DesktopDrag::start(AgentSettings settings, UniqueFd listener)
{
    BH_TRY(m_agent, Agent::create(m_loop, std::move(settings)));
    BH_TRY(m_link,
           DragLink::create(m_loop,
                            std::move(listener),
                            {.onOrder =
                                 [this](const ToScreen &order) {
                                     onOrder(order);
                                 },
                             .onLost =
                                 [this] {
                                     onLost();
                                 }}));
    BH_TRY(m_watch, m_loop.watch(m_display->pollFd(), Readiness::Read, [this] {
        settle();
    }));
    return {};
}

void DesktopDrag::settle()
{
    while (const auto event = m_display->nextEvent()) {
        onEvent(*event);
    }
    m_display->flush();
    if (m_display->isBroken()) {
        Log.critical("the X server is gone");
        m_loop.quit(1);
    }
}

void DesktopDrag::onEvent(const xcb_generic_event_t &event)
{
    if (m_display->isDragBegin(event)) {
        onDragBegin();
    } else if (m_isWatching && mayShowFrame(event)) {
        m_isWatching = isButtonDown(*m_display) && proxyQubeFrames(*m_display);
        if (!m_isWatching) {
            watchFrames(*m_display, false);
        }
    } else {
        m_proxy.handle(event);
    }
}

/// The press is told with every drag, over and over: only with files over a qube's window it becomes one for us.
void DesktopDrag::onDragBegin()
{
    m_isWatching = proxyQubeFrames(*m_display);
    watchFrames(*m_display, m_isWatching);
    if (m_phase == Phase::Idle) {
        m_link->tell(Pressed{});
    } else { // of the one before no end was heard
        m_proxy.finish(false);
        giveUp();
    }
}

// --- what the program that drags says --------------------------------------------------------------------------------

void DesktopDrag::onEnter()
{
    m_limit.reset();
    if (m_phase == Phase::Idle) {
        m_phase = Phase::Leading;
        m_link->tell(Left{});
        m_agent->sayBegan();
    }
}

bool DesktopDrag::onOver(Point place)
{
    m_place = place;
    if (m_phase == Phase::Away) {
        m_link->tell(Moved{.pointer = place});
    }
    return m_phase == Phase::Away;
}

void DesktopDrag::onLeave()
{
    m_limit = m_loop.after(BetweenWindows, [this] {
        giveUp();
    });
}

void DesktopDrag::giveUp()
{
    m_limit.reset();
    if (std::exchange(m_phase, Phase::Idle) != Phase::Idle) {
        m_link->tell(Escaped{});
        m_link->tell(Pressed{}); // the same drag may come over a qube again
    }
}

void DesktopDrag::onDrop(bool withControl)
{
    m_limit.reset();
    if (m_phase != Phase::Away) {
        giveUp();
        m_proxy.finish(false);
        return;
    }
    m_phase = Phase::Dropped;
    m_link->tell(Released{.pointer = m_place, .withControl = withControl});
    m_limit = m_loop.after(DropPatience, [this] {
        finish(false);
    });
}

void DesktopDrag::finish(bool isTaken)
{
    m_limit.reset();
    m_phase = Phase::Idle;
    m_proxy.finish(isTaken);
}

// --- what bulkhead-drag says -----------------------------------------------------------------------------------------

void DesktopDrag::onOrder(const ToScreen &order)
{
    if (std::holds_alternative<LetGo>(order)) {
        if (m_phase == Phase::Dropped) { // the list has been taken, or is not wanted
            finish(true);
        }
    } else if (m_phase == Phase::Leading) {
        m_phase = Phase::Away;
        m_link->tell(Taken{});
        m_link->tell(Moved{.pointer = m_place});
    } else {
        m_link->tell(NotTaken{});
    }
}

void DesktopDrag::onLost()
{
    if (m_phase == Phase::Dropped) {
        finish(false);
    }
    m_phase = Phase::Idle;
}

} // namespace Bulkhead::Drag
