// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/windowtable.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace Bulkhead::GuiAgent
{

WindowTable::WindowTable(PageLedger &pages)
    : m_pages(pages)
{
}

GuestWindow &WindowTable::add(WindowId id)
{
    const auto [place, isNew] = m_windows.try_emplace(id, std::make_unique<GuestWindow>(id, ++m_births));
    BH_ASSERT(isNew);
    touch(*place->second);
    return *place->second;
}

void WindowTable::remove(WindowId id)
{
    const auto place = m_windows.find(id);
    if (place == m_windows.end()) {
        return;
    }
    if (const Announced &announced = place->second->announced; announced.created) {
        m_gone.push_back({.id = id, .mapped = announced.mapped});
    }
    m_windows.erase(place);
    m_pages.release(id);
    std::erase(m_touched, id);
}

GuestWindow *WindowTable::find(WindowId id)
{
    const auto place = m_windows.find(id);
    return place == m_windows.end() ? nullptr : place->second.get();
}

void WindowTable::touch(GuestWindow &window)
{
    if (!std::exchange(window.touched, true)) {
        m_touched.push_back(window.id);
    }
}

std::vector<WindowId> WindowTable::takeTouched()
{
    for (const WindowId id : m_touched) {
        m_windows.at(id)->touched = false;
    }
    return std::exchange(m_touched, {});
}

std::vector<GoneWindow> WindowTable::takeGone()
{
    return std::exchange(m_gone, {});
}

void WindowTable::forgetAnnouncements()
{
    m_gone.clear();
    (void)takeTouched();
    for (GuestWindow *window : std::views::reverse(all())) {
        window->announced = {};
        window->answersOwed = 0;
        window->hidden = false;
        touch(*window);
    }
}

std::vector<GuestWindow *> WindowTable::all()
{
    std::vector<GuestWindow *> windows;
    windows.reserve(m_windows.size());
    for (const auto &[id, window] : m_windows) {
        windows.push_back(window.get());
    }
    std::ranges::sort(windows, {}, &GuestWindow::born);
    return windows;
}

} // namespace Bulkhead::GuiAgent
