// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/firewall/clientrules.h"
#include "dom0-core/guest/network/settings.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::GuestNetwork
{

/// The rules of a net qube's clients, as they come by QubesDB. dom0 writes the rules of a client entry by entry and at
/// last the client's own key: until then the old ones count, so that no half list is ever in force. Does no I/O.
/// @source spec qubesdb, 4.3
class ClientTable
{
public:
    /// All that is there, read in one go. What was known before is gone.
    void load(const Keys &keys);

    /// Hears of a change.
    /// @return prefix of the entries to read and hand to take(), if the rules of a client are complete now or all went
    [[nodiscard]] std::optional<std::string> noteChange(std::string_view path);

    /// What was read below `prefix`, unless it began to change again meanwhile.
    /// @return whether rules are others now
    bool take(std::string_view prefix, const Keys &keys);

    /// By address. A client whose rules cannot be read has none, so nothing of it passes.
    [[nodiscard]] const std::map<Firewall::Network, Firewall::Rules> &clients() const noexcept
    {
        return m_clients;
    }

    /// Why rules of clients could not be read, since the last call: a line each.
    [[nodiscard]] std::vector<std::string> takeComplaints();

private:
    void store(const Firewall::Network &address, const Firewall::RuleLeaves &leaves);

    std::map<Firewall::Network, Firewall::Rules> m_clients;
    std::set<std::string, std::less<>> m_changing; ///< addresses whose entries are being written
    std::vector<std::string> m_complaints;
};

} // namespace Bulkhead::GuestNetwork
