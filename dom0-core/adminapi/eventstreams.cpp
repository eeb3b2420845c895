// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/eventstreams.h"

#include "dom0-core/adminapi/eventfilter.h"
#include "dom0-core/adminapi/frames.h"

#include <algorithm>

namespace Bulkhead::AdminApi
{

EventStreams::EventStreams(Registry &registry, const Permissions &permissions, QObject *parent)
    : QObject(parent)
    , m_permissions(permissions)
{
    connect(&registry, &Registry::announced, this, &EventStreams::deliver);
}

void EventStreams::add(Connection *connection, const QubeName &source, std::optional<QubeName> only)
{
    connect(connection, &Connection::closed, this, [this, connection] {
        forget(connection);
    });
    m_subscribers.push_back({.connection = connection, .source = source, .only = std::move(only)});
    connection->push(connectionEstablished());
}

void EventStreams::deliver(const Event &event)
{
    const std::string frame = eventFrame(event);
    const auto subscribers = m_subscribers; // one that is dropped on the way leaves the list
    for (const Subscriber &subscriber : subscribers) {
        const bool isWanted = !subscriber.only || event.subject == subscriber.only;
        if (isWanted && subscriber.connection && mayHear(m_permissions, subscriber.source, event)) {
            subscriber.connection->push(frame);
        }
    }
}

void EventStreams::forget(const Connection *connection)
{
    std::erase_if(m_subscribers, [connection](const Subscriber &subscriber) {
        return subscriber.connection == connection || !subscriber.connection;
    });
}

std::string connectionEstablished()
{
    return eventFrame({.subject = std::nullopt, .name = "connection-established", .pairs = {}});
}

} // namespace Bulkhead::AdminApi
