// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/wirehalf/windowtable.h"

#include <utility>

namespace Bulkhead
{

WireWindow *WindowTable::find(WindowId id)
{
    const auto found = m_windows.find(id);
    return found == m_windows.end() ? nullptr : &found->second;
}

bool WindowTable::contains(WindowId id) const
{
    return m_windows.contains(id);
}

Result<WireWindow *> WindowTable::create(WindowId id, const Rect &geometry)
{
    if (m_windows.contains(id)) {
        return fail(Errc::Exists, "a window with this id exists");
    }
    if (m_windows.size() >= MaxKnown) {
        return fail(Errc::TooMuch, "more windows than anybody has");
    }
    WireWindow &window = m_windows[id];
    window.id = id;
    window.geometry = geometry;
    window.refused = m_shown >= MaxShown;
    m_shown += window.refused ? 0U : 1U;
    return &window;
}

void WindowTable::destroy(WindowId id)
{
    const auto found = m_windows.find(id);
    if (found == m_windows.end()) {
        return;
    }
    dropPages(found->second);
    m_shown -= found->second.refused ? 0U : 1U;
    m_windows.erase(found);
}

void WindowTable::setPages(WireWindow &window, std::unique_ptr<MappedPages> pages, std::size_t count, Size size)
{
    dropPages(window);
    window.picture.pages = std::move(pages);
    window.picture.pageCount = count;
    window.picture.size = size;
    m_pages += count;
}

void WindowTable::dropPages(WireWindow &window)
{
    window.picture.pages.reset();
    m_pages -= std::exchange(window.picture.pageCount, 0);
}

} // namespace Bulkhead
