// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "gui-agent/guestwindow.h"
#include "gui-agent/pageledger.h"

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace Bulkhead::GuiAgent
{

/// A window that is gone here and still known to the daemon.
struct GoneWindow {
    WindowId id;
    bool mapped = false; ///< as far as the daemon knows
};

/// The windows that exist for the daemon, which of them it should be told about, and which are gone. References stay
/// valid until their window is removed.
class WindowTable
{
public:
    /// @param pages  of the windows; a window that is removed needs its no more. Outlives the table.
    explicit WindowTable(PageLedger &pages);

    /// The id must be unknown; it is asserted.
    GuestWindow &add(WindowId id);
    /// Does nothing for an unknown id.
    void remove(WindowId id);

    [[nodiscard]] GuestWindow *find(WindowId id);

    /// Something about it changed: the announcer looks at it at the end of the turn.
    void touch(GuestWindow &window);

    /// Windows that were touched, in the order of their first touch, and the list is empty again.
    [[nodiscard]] std::vector<WindowId> takeTouched();
    [[nodiscard]] std::vector<GoneWindow> takeGone();

    /// There is a new daemon, which knows nothing: each window is told again, the youngest first.
    void forgetAnnouncements();

    /// For whoever must look at each: in the order of their birth.
    [[nodiscard]] std::vector<GuestWindow *> all();

private:
    PageLedger &m_pages;
    std::unordered_map<WindowId, std::unique_ptr<GuestWindow>> m_windows;
    std::vector<WindowId> m_touched;
    std::vector<GoneWindow> m_gone;
    std::uint64_t m_births = 0;
};

} // namespace Bulkhead::GuiAgent
