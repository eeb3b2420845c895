// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/pageledger.h"

#include <utility>

namespace Bulkhead::GuiAgent
{

void PageLedger::replace(WindowId window, std::unique_ptr<GrantedPages> pages)
{
    Account &account = m_accounts[window];
    if (account.current) {
        account.former.push_back(std::move(account.current));
    }
    account.current = std::move(pages);
}

void PageLedger::release(WindowId window)
{
    const auto account = m_accounts.find(window);
    if (account == m_accounts.end()) {
        return;
    }
    if (account->second.current) {
        account->second.former.push_back(std::move(account->second.current));
    }
    settle(account);
}

GrantedPages *PageLedger::find(WindowId window) const
{
    const auto account = m_accounts.find(window);
    return account == m_accounts.end() ? nullptr : account->second.current.get();
}

void PageLedger::dumped(WindowId window)
{
    const auto account = m_accounts.find(window);
    if (account == m_accounts.end()) {
        return;
    }
    if (m_acknowledgement == Acknowledgement::Sent) {
        ++account->second.unacknowledged;
    }
    settle(account);
}

bool PageLedger::acknowledged(WindowId window)
{
    const auto account = m_accounts.find(window);
    if (account == m_accounts.end() || account->second.unacknowledged == 0) {
        return false;
    }
    --account->second.unacknowledged;
    settle(account);
    return true;
}

void PageLedger::restart(Acknowledgement acknowledgement)
{
    m_acknowledgement = acknowledgement;
    for (auto account = m_accounts.begin(); account != m_accounts.end();) {
        const auto next = std::next(account);
        account->second.unacknowledged = 0;
        settle(account);
        account = next;
    }
}

std::size_t PageLedger::granted() const
{
    std::size_t count = 0;
    for (const auto &[window, account] : m_accounts) {
        count += account.former.size() + (account.current ? 1 : 0);
    }
    return count;
}

void PageLedger::settle(Accounts::iterator account)
{
    if (account->second.unacknowledged > 0) {
        return;
    }
    account->second.former.clear();
    if (!account->second.current) {
        m_accounts.erase(account);
    }
}

} // namespace Bulkhead::GuiAgent
