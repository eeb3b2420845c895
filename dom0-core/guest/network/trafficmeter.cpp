// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/trafficmeter.h"

#include <utility>

namespace Bulkhead::GuestNetwork
{

using Firewall::Network;

TrafficMeter::TrafficMeter(EventLoop &loop, Parts parts, std::chrono::seconds every)
    : m_loop(loop)
    , m_parts(std::move(parts))
    , m_every(every)
{
    look();
}

TrafficMeter::~TrafficMeter()
{
    m_parts.remove(std::string(QubesDb::TrafficTree));
}

void TrafficMeter::look()
{
    const TrafficFacts facts = m_parts.look();
    const std::set<Network> clients = m_parts.clients();
    for (const Network &client : clients) {
        const auto way = facts.ways.find(client); // none of the ways is of IPv6
        const auto bytes = way == facts.ways.end() ? facts.bytes.end() : facts.bytes.find(way->second);
        if (bytes != facts.bytes.end()) {
            tell(client, bytes->second);
        }
    }
    std::erase_if(m_told, [&](const auto &entry) {
        const bool isGone = !clients.contains(entry.first);
        if (isGone) {
            m_parts.remove(std::string(QubesDb::TrafficTree) + entry.second.traffic.client);
        }
        return isGone;
    });
    m_next = m_loop.after(m_every, [this] {
        look();
    });
}

void TrafficMeter::tell(const Network &client, const InterfaceBytes &bytes)
{
    const QubesDb::GuestTraffic traffic{.client = client.addressText(), .sent = bytes.received, .received = bytes.sent};
    const auto [told, isNew] = m_told.try_emplace(client, Told{.traffic = traffic});
    const bool isSilent = !isNew && told->second.traffic == traffic;
    if (isSilent && told->second.isSilent) {
        return;
    }
    told->second = {.traffic = traffic, .isSilent = isSilent};
    m_parts.write(QubesDb::buildTraffic(traffic));
}

} // namespace Bulkhead::GuestNetwork
