// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/announcer.h"

#include <utility>
#include <vector>

namespace Bulkhead::GuiAgent
{

namespace
{

namespace Say = Gui::FromAgent;

/// Bytes that may wait for the daemon before nothing more is told: several windows' worth of descriptions.
constexpr std::size_t LongBacklog = std::size_t{64} << 10;

} // namespace

Announcer::Announcer(WindowTable &windows, Contents &contents, PageLedger &ledger)
    : m_windows(windows)
    , m_contents(contents)
    , m_ledger(ledger)
{
}

void Announcer::restart()
{
    m_windows.forgetAnnouncements();
    const auto windows = m_windows.all();
    m_bornBefore = windows.empty() ? 0 : windows.back()->born;
}

void Announcer::push(Outlet &out)
{
    pushGone(out);
    for (const WindowId id : m_windows.takeTouched()) {
        GuestWindow &window = *m_windows.find(id);
        if (out.drain() > LongBacklog) {
            m_windows.touch(window);
        } else {
            pushWindow(out, window);
        }
    }
}

void Announcer::pushGone(Outlet &out)
{
    for (const GoneWindow &gone : m_windows.takeGone()) {
        if (gone.mapped) {
            out.send(Say::Unmap{.window = gone.id});
        }
        out.send(Say::Destroy{.window = gone.id});
    }
}

void Announcer::pushWindow(Outlet &out, GuestWindow &window)
{
    if (!window.announced.created) {
        if (window.born <= m_bornBefore) {
            createAgain(out, window);
        } else {
            create(out, window);
        }
    }
    describe(out, window);
    sendMapping(out, window);
    if (!window.wish.none() && window.announced.mapped) {
        const StateWish wish = std::exchange(window.wish, {});
        out.send(Say::ChangeState{.window = window.id, .set = wish.set, .unset = wish.unset});
    }
    pushContents(out, window);
}

void Announcer::create(Outlet &out, GuestWindow &window)
{
    Announced &announced = window.announced;
    announced.created = true;
    announced.geometry = window.geometry;
    announced.overrideRedirect = window.overrideRedirect;
    out.send(
        Say::Create{.window = window.id, .geometry = window.geometry, .overrideRedirect = window.overrideRedirect});
    if (window.hints != Gui::SizeHints{}) {
        sendHints(out, window);
    }
    sendTitle(out, window);
}

/// The daemon that meets old windows gets the picture before the window shows, and its state after it.
void Announcer::createAgain(Outlet &out, GuestWindow &window)
{
    Announced &announced = window.announced;
    announced.created = true;
    announced.overrideRedirect = window.overrideRedirect;
    out.send(
        Say::Create{.window = window.id, .geometry = window.geometry, .overrideRedirect = window.overrideRedirect});
    sendConfigure(out, window);
    if (window.mapped && m_contents.prepare(window)) {
        sendDump(out, window);
    }
    if (window.programClass != ProgramClass{}) {
        sendProgramClass(out, window);
    }
    if (window.hints != Gui::SizeHints{}) {
        sendHints(out, window);
    }
    if (window.mapped) {
        sendMap(out, window);
        out.send(Say::ChangeState{.window = window.id, .set = window.state, .unset = {}});
    }
    announced.title = window.title; // windows that are not shown are told their title when they are
}

void Announcer::describe(Outlet &out, GuestWindow &window)
{
    const Announced &announced = window.announced;
    if (window.hints != announced.hints) {
        sendHints(out, window);
    }
    if (window.title != announced.title) {
        sendTitle(out, window);
    }
    if (window.programClass != announced.programClass) {
        sendProgramClass(out, window);
    }
    // Each Configure of the daemon has an answer, also when nothing came of it: it waits for one.
    for (; window.answersOwed > 1; --window.answersOwed) {
        sendConfigure(out, window);
    }
    if (window.geometry != announced.geometry || std::exchange(window.answersOwed, 0) > 0) {
        window.answersOwed = 0;
        sendConfigure(out, window);
    }
    if (window.cursor != announced.cursor) {
        window.announced.cursor = window.cursor;
        out.send(Say::Cursor{.window = window.id, .shape = window.cursor});
    }
}

void Announcer::sendMapping(Outlet &out, GuestWindow &window)
{
    Announced &announced = window.announced;
    // The daemon never changes a shown window's redirection, so it is shown anew.
    const bool mapsAnew = window.mapped && window.overrideRedirect != announced.overrideRedirect;
    if (announced.mapped && (!window.mapped || mapsAnew)) {
        announced.mapped = false;
        announced.dumped = false;
        out.send(Say::Unmap{.window = window.id});
    }
    if (window.mapped && !announced.mapped) {
        out.send(Say::ChangeState{.window = window.id, .set = window.state, .unset = {}});
        sendMap(out, window);
    }
}

void Announcer::sendMap(Outlet &out, GuestWindow &window)
{
    window.announced.mapped = true;
    window.announced.overrideRedirect = window.overrideRedirect;
    out.send(Say::Map{
        .window = window.id, .transientFor = window.transientFor, .overrideRedirect = window.overrideRedirect});
    sendTitle(out, window);
}

void Announcer::sendConfigure(Outlet &out, GuestWindow &window)
{
    window.announced.geometry = window.geometry;
    out.send(Say::Configure{.window = window.id, .geometry = window.geometry});
}

void Announcer::sendTitle(Outlet &out, GuestWindow &window)
{
    if (!window.title) {
        return;
    }
    window.announced.title = window.title;
    out.send(Say::Title{.window = window.id, .text = *window.title});
}

void Announcer::sendProgramClass(Outlet &out, GuestWindow &window)
{
    window.announced.programClass = window.programClass;
    out.send(Say::WindowClass{.window = window.id,
                              .resourceClass = window.programClass.resourceClass,
                              .resourceName = window.programClass.resourceName});
}

void Announcer::sendHints(Outlet &out, GuestWindow &window)
{
    window.announced.hints = window.hints;
    out.send(Say::WindowHints{.window = window.id, .hints = window.hints});
}

void Announcer::sendDump(Outlet &out, GuestWindow &window)
{
    const auto refs = m_ledger.find(window.id)->refs();
    out.send(Say::WindowDump{.window = window.id, .size = window.picture.size, .pages = {refs.begin(), refs.end()}});
    m_ledger.dumped(window.id);
    window.announced.dumped = true;
    window.damage.add({0, 0, window.picture.size.width, window.picture.size.height});
}

/// Pixels wait until the daemon has taken all that came before them, and windows that nobody sees cost nothing.
void Announcer::pushContents(Outlet &out, GuestWindow &window)
{
    if (!window.announced.mapped || window.hidden) {
        return;
    }
    if (window.announced.dumped && !window.picture.stale && window.damage.empty()) {
        return;
    }
    if (out.drain() > 0) {
        m_windows.touch(window);
        return;
    }
    if (!m_contents.prepare(window)) {
        return;
    }
    if (!window.announced.dumped) {
        sendDump(out, window);
    }
    for (const Rect &area : m_contents.refresh(window)) {
        out.send(Say::Damage{.window = window.id, .area = area});
    }
}

} // namespace Bulkhead::GuiAgent
