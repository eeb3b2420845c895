// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/geometry.h"
#include "base/ids.h"
#include "vchan-io/transport/sharedpages.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

namespace Bulkhead
{

/// Where a window's pixels come from and where they go.
struct Picture {
    // The guest's side.
    std::unique_ptr<MappedPages> pages; ///< null: the guest has dumped nothing that could be mapped
    std::size_t pageCount = 0;
    Size size; ///< of the dumped picture, not of the window

    // Our side.
    Mapping segment;          ///< the segment that the X server reads; empty: none yet
    Size requestedSize;       ///< of the segment that was asked for last
    std::uint32_t serial = 0; ///< of that request

    Rect damage;           ///< to be copied and painted
    bool stale = false;    ///< the segment shows another dump: everything has to be copied
    bool painting = false; ///< the X server reads the segment
};

/// A window as its agent knows it.
struct WireWindow {
    WindowId id;
    Rect geometry;        ///< what both sides last agreed on, or what we have told the agent
    bool pending = false; ///< the agent has yet to answer a Configure of ours
    bool mapped = false;
    bool visible = false; ///< as the screen half says; assumed when the window is mapped
    bool docked = false;
    bool refused = false; ///< one too many (L-01): it exists for the agent only
    Picture picture;
};

/// The windows of one connection.
class WindowTable
{
public:
    /// Windows that the screen half gets to know. Source: spec security, L-01.
    static constexpr std::size_t MaxShown = 512;
    /// Windows of any kind; an agent that goes on beyond this is no agent. Bounds the table (spec security, R-06).
    static constexpr std::size_t MaxKnown = 65536;
    /// Pages mapped at once. Source: spec security, L-05.
    static constexpr std::size_t MaxPages = 65536;

    [[nodiscard]] WireWindow *find(WindowId id);
    [[nodiscard]] bool contains(WindowId id) const;

    /// A new window; refused ones are marked.
    /// @errors Exists, TooMuch (MaxKnown)
    [[nodiscard]] Result<WireWindow *> create(WindowId id, const Rect &geometry);
    void destroy(WindowId id);

    /// Whether there are windows that are never shown.
    [[nodiscard]] bool hasRefused() const noexcept
    {
        return m_windows.size() > m_shown;
    }

    /// Whether `count` more pages may be mapped.
    [[nodiscard]] bool hasRoomFor(std::size_t count) const noexcept
    {
        return count <= MaxPages - m_pages;
    }

    /// The window's pages from now on. Those of before must have been dropped.
    void setPages(WireWindow &window, std::unique_ptr<MappedPages> pages, std::size_t count, Size size);
    void dropPages(WireWindow &window);

    [[nodiscard]] std::size_t mappedPages() const noexcept
    {
        return m_pages;
    }

private:
    std::map<WindowId, WireWindow> m_windows;
    std::size_t m_shown = 0;
    std::size_t m_pages = 0;
};

} // namespace Bulkhead
