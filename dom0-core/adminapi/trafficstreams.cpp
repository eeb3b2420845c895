// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/trafficstreams.h"

#include "dom0-core/adminapi/eventfilter.h"
#include "dom0-core/adminapi/eventstreams.h"
#include "dom0-core/adminapi/frames.h"
#include "dom0-core/adminapi/statsinterval.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"

namespace Bulkhead::AdminApi
{

TrafficStreams::TrafficStreams(
    Registry &registry, const Permissions &permissions, const Clock &clock, Ask ask, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_permissions(permissions)
    , m_clock(clock)
    , m_ask(std::move(ask))
    , m_subscribers(permissions)
{
    connect(&m_timer, &QTimer::timeout, this, &TrafficStreams::tick);
    connect(&m_subscribers, &Subscribers::emptied, this, &TrafficStreams::end);
    connect(&registry, &Registry::announced, this, [this](const Event &event) {
        if (m_timer.isActive() && changesStatsInterval(event)) {
            takeInterval();
        }
    });
}

void TrafficStreams::add(Connection *connection, const QubeName &source)
{
    m_subscribers.add(connection, source);
    connection->push(connectionEstablished());
    if (!m_timer.isActive()) {
        begin();
        return;
    }
    for (const auto &[client, rate] : m_rates.lastTaken()) {
        if (const auto event = eventOf(client, rate); event && mayHear(m_permissions, source, *event)) {
            connection->push(eventFrame(*event));
        }
    }
}

void TrafficStreams::begin()
{
    m_rates = {};
    takeLinks();
    takeInterval();
    m_timer.start();
}

void TrafficStreams::end()
{
    m_timer.stop();
    m_ask(std::nullopt);
}

void TrafficStreams::takeInterval()
{
    const std::chrono::seconds every = statsInterval(m_registry.model());
    m_timer.setInterval(every);
    m_rates.setInterval(every);
    m_ask(every);
}

void TrafficStreams::takeLinks()
{
    const Model &model = m_registry.model();
    std::map<Qid, TrafficLink> links;
    m_clients.clear();
    for (const auto &[id, qube] : model.qubes()) {
        const Qube *const provider = qube.run.domain ? netvmOf(model, qube) : nullptr;
        if (provider != nullptr && provider->run.domain) {
            links.emplace(id, TrafficLink{.client = *qube.run.domain, .provider = *provider->run.domain});
            m_clients.emplace(std::pair(provider->id, readText(model, qube, "ip")), id);
        }
    }
    m_rates.setLinks(links);
}

void TrafficStreams::onWritten(Qid provider, const QubesDb::Entry &entry)
{
    const auto traffic = QubesDb::parseTraffic(entry);
    const auto client = traffic ? m_clients.find(std::pair(provider, traffic->client)) : m_clients.end();
    if (m_timer.isActive() && client != m_clients.end()) {
        m_rates.count(client->second, {.sent = traffic->sent, .received = traffic->received}, m_clock.now());
    }
}

void TrafficStreams::tick()
{
    takeLinks(); // of one that has ended or was unplugged nothing more is told
    for (const auto &[client, rate] : m_rates.takeChanged(m_clock.now())) {
        if (const auto event = eventOf(client, rate)) {
            m_subscribers.tell(*event);
        }
    }
}

std::optional<Event> TrafficStreams::eventOf(Qid client, const TrafficRate &rate) const
{
    const Qube *const qube = m_registry.model().find(client);
    if (qube == nullptr) {
        return std::nullopt;
    }
    return Event{.subject = qube->name,
                 .name = "bulkhead-traffic",
                 .pairs = {{"sent", std::to_string(rate.sent)}, {"received", std::to_string(rate.received)}}};
}

} // namespace Bulkhead::AdminApi
