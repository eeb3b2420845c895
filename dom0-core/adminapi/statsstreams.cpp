// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/statsstreams.h"

#include "dom0-core/adminapi/eventfilter.h"
#include "dom0-core/adminapi/eventstreams.h"
#include "dom0-core/adminapi/frames.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/text.h"

#include <algorithm>

namespace Bulkhead::AdminApi
{

StatsStreams::StatsStreams(
    Registry &registry, Driver &driver, const Permissions &permissions, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_driver(driver)
    , m_permissions(permissions)
    , m_clock(clock)
{
    connect(&m_timer, &QTimer::timeout, this, &StatsStreams::tick);
    connect(&registry, &Registry::announced, this, [this](const Event &event) {
        if (event.name.ends_with("set:stats_interval")) {
            takeInterval();
        }
    });
}

void StatsStreams::add(Connection *connection, const QubeName &source, std::optional<QubeName> only)
{
    connect(connection, &Connection::closed, this, [this, connection] {
        forget(connection);
    });
    m_subscribers.push_back({.connection = connection, .source = source, .only = std::move(only)});
    connection->push(connectionEstablished());
    if (!m_timer.isActive()) {
        m_samples.clear();
        takeInterval();
        m_timer.start();
    }
}

void StatsStreams::takeInterval()
{
    // The property's own rule keeps it a positive number.
    const auto seconds = parseInteger(readGlobalText(m_registry.model(), "stats_interval")).value_or(1);
    m_timer.setInterval(std::chrono::seconds(seconds));
}

void StatsStreams::tick()
{
    for (const auto &[id, qube] : m_registry.model().qubes()) {
        if (!qube.run.domain) {
            m_samples.erase(id);
            continue;
        }
        const Event event = statsOf(qube, *qube.run.domain);
        const std::string frame = eventFrame(event);
        const auto subscribers = m_subscribers; // one that is dropped on the way leaves the list
        for (const Subscriber &subscriber : subscribers) {
            const bool isWanted = !subscriber.only || *subscriber.only == qube.name;
            if (isWanted && subscriber.connection && mayHear(m_permissions, subscriber.source, event)) {
                subscriber.connection->push(frame);
            }
        }
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

void StatsStreams::forget(const Connection *connection)
{
    std::erase_if(m_subscribers, [connection](const Subscriber &subscriber) {
        return subscriber.connection == connection || !subscriber.connection;
    });
    if (m_subscribers.empty()) {
        m_timer.stop();
    }
}

} // namespace Bulkhead::AdminApi
