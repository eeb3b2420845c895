// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "gui-agent/guestwindow.h"
#include "gui-agent/pageledger.h"
#include "gui-agent/x11/connection.h"
#include "gui-agent/x11/pixmapreader.h"
#include "vchan-io/transport/sharedpages.h"

#include <vector>

namespace Bulkhead::GuiAgent
{

/// Windows' pixels on their way into pages that the daemon may read. Each mapped window has a pixmap of its own on the
/// X server (Composite); what was drawn since the last time is copied from it into the window's granted pages.
class Contents
{
public:
    /// @param granter  null where the transport shares no pages: windows then have no pictures
    /// @errors Io
    [[nodiscard]] static Result<Contents> create(Connection &x, PageLedger &ledger, PageGranter *granter);

    /// Takes an event if it tells of damage.
    /// @return the damaged window, or nothing
    [[nodiscard]] std::optional<std::pair<WindowId, Rect>> damageOf(const xcb_generic_event_t &event) const;

    /// Makes sure that a mapped window's pages fit its present pixmap. New ones are granted only when the size changes.
    /// @return whether the window has a picture at all
    bool prepare(GuestWindow &window);

    /// Copies what is damaged. prepare() was true.
    /// @return the areas that are new in the pages
    [[nodiscard]] std::vector<Rect> refresh(GuestWindow &window);

private:
    Contents(Connection &x, PageLedger &ledger, PageGranter *granter, PixmapReader reader) noexcept;

    /// @return the size of the window's present pixmap, which `picture` names from then on; empty if it has none
    [[nodiscard]] Size takePixmap(GuestWindow &window);
    [[nodiscard]] Result<void> grantFor(WindowId window, Size size);

    Connection &m_x;
    PageLedger &m_ledger;
    PageGranter *m_granter;
    PixmapReader m_reader;
};

} // namespace Bulkhead::GuiAgent
