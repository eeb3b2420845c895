// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/clienttable.h"

#include "base/formatted.h"

#include <utility>

namespace Bulkhead::GuestNetwork
{

using Firewall::Network;

namespace
{

constexpr std::string_view Root = "/qubes-firewall/";

/// `ADDRESS` and what follows it of a path below the root: nothing, or `/LEAF`.
std::pair<std::string_view, std::string_view> splitPath(std::string_view path)
{
    path.remove_prefix(Root.size());
    const auto slash = path.find('/');
    return {path.substr(0, slash), slash == std::string_view::npos ? std::string_view() : path.substr(slash)};
}

/// One address has one spelling: another one would be a second client.
std::optional<Network> clientAddress(std::string_view text)
{
    const auto address = Network::parseAddress(text);
    return address && address->addressText() == text ? address : std::nullopt;
}

} // namespace

void ClientTable::load(const Keys &keys)
{
    m_clients.clear();
    m_changing.clear();
    std::map<Network, Firewall::RuleLeaves> found;
    std::set<Network> complete;
    for (auto entry = keys.lower_bound(Root); entry != keys.end() && entry->first.starts_with(Root); ++entry) {
        const auto [text, leaf] = splitPath(entry->first);
        const auto address = clientAddress(text);
        if (!address) {
            m_complaints.push_back("there are rules for something that is no address");
        } else if (leaf.empty()) {
            complete.insert(*address);
        } else {
            found[*address].emplace(leaf.substr(1), entry->second);
        }
    }
    for (const Network &address : complete) {
        store(address, found[address]);
    }
}

std::optional<std::string> ClientTable::noteChange(std::string_view path)
{
    if (!path.starts_with(Root)) {
        return std::nullopt;
    }
    const auto [text, leaf] = splitPath(path);
    if (text.empty()) { // the whole tree went
        return std::string(Root);
    }
    if (!clientAddress(text)) { // nobody's: what root of this qube wrote itself
        return std::nullopt;
    }
    if (!leaf.empty()) {
        m_changing.emplace(text);
        return std::nullopt;
    }
    if (const auto place = m_changing.find(text); place != m_changing.end()) {
        m_changing.erase(place);
    }
    return formatted("{}{}/", Root, text);
}

bool ClientTable::take(std::string_view prefix, const Keys &keys)
{
    if (prefix == Root) {
        load(keys);
        return true;
    }
    const auto text = splitPath(prefix).first;
    const auto address = clientAddress(text);
    if (!address || m_changing.contains(text)) {
        return false;
    }
    Firewall::RuleLeaves leaves;
    for (const auto &[path, value] : keys) {
        leaves.emplace(path.substr(prefix.size()), value);
    }
    if (leaves.empty()) { // dom0 took all of it away
        return m_clients.erase(*address) != 0;
    }
    store(*address, leaves);
    return true;
}

void ClientTable::store(const Network &address, const Firewall::RuleLeaves &leaves)
{
    auto rules = Firewall::parseRuleLeaves(leaves);
    if (!rules) {
        m_complaints.push_back(formatted("nothing of {} is let out: {}", address.addressText(), rules.error().text()));
    }
    m_clients.insert_or_assign(address, std::move(rules).value_or(Firewall::Rules()));
}

std::vector<std::string> ClientTable::takeComplaints()
{
    return std::exchange(m_complaints, {});
}

} // namespace Bulkhead::GuestNetwork
