// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/statsstreams.h"

#include "dom0-core/adminapi/eventstreams.h"
#include "dom0-core/adminapi/statsinterval.h"
#include "dom0-core/model/properties.h"

#include <algorithm>

namespace Bulkhead::AdminApi
{

StatsStreams::StatsStreams(
    Registry &registry, Driver &driver, const Permissions &permissions, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_driver(driver)
    , m_clock(clock)
    , m_subscribers(permissions)
{
    connect(&m_timer, &QTimer::timeout, this, &StatsStreams::tick);
    connect(&m_subscribers, &Subscribers::emptied, &m_timer, &QTimer::stop);
    connect(&registry, &Registry::announced, this, [this](const Event &event) {
        if (changesStatsInterval(event)) {
            takeInterval();
        }
    });
}

void StatsStreams::add(Connection *connection, const QubeName &source, std::optional<QubeName> only)
{
    m_subscribers.add(connection, source, std::move(only));
    connection->push(connectionEstablished());
    if (!m_timer.isActive()) {
        m_samples.clear();
        takeInterval();
        m_timer.start();
    }
}

void StatsStreams::takeInterval()
{
    m_timer.setInterval(statsInterval(m_registry.model()));
}

void StatsStreams::tick()
{
    for (const auto &[id, qube] : m_registry.model().qubes()) {
        if (!qube.run.domain) {
            m_samples.erase(id);
            continue;
        }
        m_subscribers.tell(statsOf(qube, *qube.run.domain));
    }
}

Event StatsStreams::statsOf(const Qube &qube, DomId domain)
{
    using Milliseconds = std::chrono::milliseconds;
    const Sample now{.domain = domain,
                     .when = m_clock.now(),
                     .used = m_driver.cpuTime(domain).value_or(std::chrono::nanoseconds(0))};
    const auto place = m_samples.find(qube.id);
    std::int64_t raw = 0; // percent of one processor, 0 until there is something to compare with
    if (place != m_samples.end() && place->second.domain == domain && now.when > place->second.when) {
        constexpr std::int64_t Percent = 100;
        raw = (now.used - place->second.used) * Percent / (now.when - place->second.when);
    }
    m_samples.insert_or_assign(qube.id, now);
    const std::int64_t processors = std::max<std::int64_t>(1, readInteger(m_registry.model(), qube, "vcpus"));
    return {.subject = qube.name,
            .name = "vm-stats",
            .pairs = {{"memory_kb", std::to_string(m_driver.memoryUsedKiB(domain).value_or(0))},
                      {"cpu_time", std::to_string(std::chrono::duration_cast<Milliseconds>(now.used).count())},
                      {"cpu_usage", std::to_string(raw / processors)},
                      {"cpu_usage_raw", std::to_string(raw)}}};
}

} // namespace Bulkhead::AdminApi
