// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/trafficrates.h"

#include <algorithm>

namespace Bulkhead::AdminApi
{

namespace
{

/// More than any link carries: what a lying net qube could say is still a number that fits everywhere.
constexpr double MostBytes = 1e18;
/// A net qube says that a client has fallen silent; one that says nothing for so many intervals has fallen silent
/// itself.
constexpr int PatientIntervals = 3;

std::uint64_t perSecond(std::uint64_t bytes, Duration time)
{
    const double seconds = std::chrono::duration<double>(time).count();
    return static_cast<std::uint64_t>(std::min(static_cast<double>(bytes) / seconds, MostBytes));
}

} // namespace

void TrafficRates::setLinks(const std::map<Qid, TrafficLink> &links)
{
    std::erase_if(m_records, [&links](const auto &entry) {
        const auto link = links.find(entry.first);
        return link == links.end() || link->second != entry.second.link;
    });
    for (const auto &[client, link] : links) {
        m_records.try_emplace(client, Record{.link = link});
    }
}

void TrafficRates::count(Qid client, const TrafficCount &total, TimePoint now)
{
    const auto place = m_records.find(client);
    if (place == m_records.end()) {
        return;
    }
    Record &record = place->second;
    record.last = now;
    const bool isAnew =
        record.base && (total.sent < record.base->total.sent || total.received < record.base->total.received);
    if (!record.base || isAnew) {
        record.base = {.total = total, .when = now};
        record.rate = {};
        return;
    }
    // Net qubes do not say that nothing changed: after a silence, what changed did so since their look before.
    const Duration passed = now - record.base->when;
    const Duration time = 2 * passed > 3 * m_interval ? Duration(m_interval) : passed;
    if (2 * time < m_interval) {
        return; // two that were held up came together: the next one is about both
    }
    record.rate = {.sent = perSecond(total.sent - record.base->total.sent, time),
                   .received = perSecond(total.received - record.base->total.received, time)};
    record.base = {.total = total, .when = now};
}

TrafficRates::Rates TrafficRates::takeChanged(TimePoint now)
{
    Rates changed;
    for (auto &[client, record] : m_records) {
        if (record.last && now - *record.last > PatientIntervals * m_interval) {
            record.rate = {};
        }
        if (record.rate != record.taken) {
            record.taken = record.rate;
            changed.emplace(client, record.rate);
        }
    }
    return changed;
}

TrafficRates::Rates TrafficRates::lastTaken() const
{
    Rates rates;
    for (const auto &[client, record] : m_records) {
        if (record.taken != TrafficRate{}) {
            rates.emplace(client, record.taken);
        }
    }
    return rates;
}

} // namespace Bulkhead::AdminApi
