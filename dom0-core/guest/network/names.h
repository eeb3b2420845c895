// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/firewall/filter.h"
#include "dom0-core/guest/network/programrun.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

namespace Bulkhead::GuestNetwork
{

/// The addresses in the output of `getent ahosts`, each once, sorted; lines that are no addresses are left out.
[[nodiscard]] std::vector<Firewall::Network> addressesIn(std::string_view output);

/// Finds what the names in firewall rules stand for, and looks again now and then: name servers change their minds.
/// Asks by getent, one process a name and a few at a time, so that a slow name server holds nothing up.
class Names
{
public:
    /// @param onChanged  some name stands for other addresses now
    Names(EventLoop &loop, std::move_only_function<void()> onChanged);

    /// Which names are of interest from now on. What is known of the others is forgotten.
    void setWanted(const std::vector<Firewall::HostName> &names);

    /// Names that nobody could resolve yet are missing. An address that was told once stays until there are too many,
    /// so that a connection outlives the name server's change of mind.
    [[nodiscard]] const Firewall::ResolvedNames &resolved() const noexcept
    {
        return m_resolved;
    }

private:
    void askNext();
    void onAnswer(const Firewall::HostName &name, const Result<std::string> &output);
    void askAgainLater();

    EventLoop &m_loop;
    std::move_only_function<void()> m_onChanged;
    std::set<Firewall::HostName> m_wanted;
    std::set<Firewall::HostName> m_waiting; ///< to be asked for
    std::map<Firewall::HostName, std::unique_ptr<ProgramRun>> m_running;
    Firewall::ResolvedNames m_resolved;
    EventLoop::Handle m_next;
    EventLoop::Handle m_again;
};

} // namespace Bulkhead::GuestNetwork
