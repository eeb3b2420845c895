// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/names.h"

#include "base/log.h"

#include <algorithm>
#include <ranges>

namespace Bulkhead::GuestNetwork
{

using Firewall::HostName;
using Firewall::Network;

namespace
{

constexpr LogCategory Log("bulkhead.network.names");

constexpr std::size_t AtATime = 4;
/// How long an answer is good for. A name that nobody knows may come any moment: the network may just be coming up.
constexpr auto Freshness = std::chrono::minutes(5);
constexpr auto RetryDelay = std::chrono::seconds(15);

} // namespace

std::vector<Network> addressesIn(std::string_view output)
{
    std::vector<Network> addresses;
    for (const auto line : output | std::views::split('\n')) {
        const std::string_view text(line);
        if (const auto address = Network::parseAddress(text.substr(0, text.find(' ')))) {
            addresses.push_back(*address);
        }
    }
    std::ranges::sort(addresses);
    addresses.erase(std::ranges::unique(addresses).begin(), addresses.end());
    return addresses;
}

Names::Names(EventLoop &loop, std::move_only_function<void()> onChanged)
    : m_loop(loop)
    , m_onChanged(std::move(onChanged))
{
}

void Names::setWanted(const std::vector<HostName> &names)
{
    m_wanted = {names.begin(), names.end()};
    const auto isUnwanted = [this](const auto &entry) {
        return !m_wanted.contains(entry.first);
    };
    std::erase_if(m_resolved, isUnwanted);
    std::erase_if(m_running, isUnwanted);
    std::erase_if(m_waiting, [this](const HostName &name) {
        return !m_wanted.contains(name);
    });
    for (const HostName &name : m_wanted) {
        if (!m_resolved.contains(name) && !m_running.contains(name)) {
            m_waiting.insert(name);
        }
    }
    askNext();
}

void Names::askNext()
{
    while (!m_waiting.empty() && m_running.size() < AtATime) {
        const HostName name = m_waiting.extract(m_waiting.begin()).value();
        m_running.emplace(
            name,
            std::make_unique<ProgramRun>(m_loop,
                                         ProgramCall{.path = "/usr/bin/getent", .words = {"ahosts", name.text()}},
                                         [this, name](const Result<std::string> &output) {
                                             onAnswer(name, output);
                                         }));
    }
    if (m_running.empty() && !m_wanted.empty()) {
        askAgainLater();
    }
}

void Names::onAnswer(const HostName &name, const Result<std::string> &output)
{
    auto addresses = output ? addressesIn(*output) : std::vector<Network>();
    if (addresses.empty()) {
        Log.info("a name in a firewall rule cannot be resolved at present");
    } else {
        auto &known = m_resolved[name];
        std::vector<Network> all;
        std::ranges::set_union(known, addresses, std::back_inserter(all));
        if (all.size() > Firewall::MaxAddressesOfName) {
            all = std::move(addresses);
        }
        if (all != known) {
            known = std::move(all);
            m_onChanged();
        }
    }
    // Its run is on the stack.
    m_next = m_loop.after(Duration::zero(), [this, name] {
        std::erase_if(m_running, [&name](const auto &entry) {
            return entry.first == name;
        });
        askNext();
    });
}

void Names::askAgainLater()
{
    const bool hasAll = std::ranges::all_of(m_wanted, [this](const HostName &name) {
        return m_resolved.contains(name);
    });
    m_again = m_loop.after(hasAll ? Duration(Freshness) : Duration(RetryDelay), [this] {
        m_waiting = m_wanted;
        askNext();
    });
}

} // namespace Bulkhead::GuestNetwork
