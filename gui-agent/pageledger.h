// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "vchan-io/transport/sharedpages.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace Bulkhead::GuiAgent
{

/// Owns the pages of all windows and knows how long each must stay granted. A page that is taken back before the daemon
/// has mapped it can become another page under the same reference, and the daemon would show that one; so pages leave
/// only when every dump of their window was acknowledged (docs/protocol/gui.md, Acknowledgement and lifetime).
class PageLedger
{
public:
    enum class Acknowledgement : std::uint8_t {
        Sent,    ///< the daemon sends them (1.7 and later)
        NotSent, ///< a dump counts as acknowledged at once
    };

    /// Gives the window these pages; what it had before stays granted until the daemon has taken the new ones.
    void replace(WindowId window, std::unique_ptr<GrantedPages> pages);
    /// The window is gone.
    void release(WindowId window);

    /// The window's present pages, or nothing.
    [[nodiscard]] GrantedPages *find(WindowId window) const;

    /// The present pages were announced to the daemon.
    void dumped(WindowId window);
    /// @return false if none was missing: the daemon sent one too many, which is harmless
    bool acknowledged(WindowId window);

    /// Another daemon: what the one before owed will not come, and what it mapped is gone with it.
    void restart(Acknowledgement acknowledgement);

    /// Grants that are kept, for whatever reason.
    [[nodiscard]] std::size_t granted() const;

private:
    struct Account {
        std::unique_ptr<GrantedPages> current;
        std::vector<std::unique_ptr<GrantedPages>> former;
        std::size_t unacknowledged = 0;
    };

    using Accounts = std::unordered_map<WindowId, Account>;

    void settle(Accounts::iterator account);

    Accounts m_accounts;
    Acknowledgement m_acknowledgement = Acknowledgement::Sent;
};

} // namespace Bulkhead::GuiAgent
