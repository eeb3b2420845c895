// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/subscribers.h"

#include "dom0-core/adminapi/eventfilter.h"
#include "dom0-core/adminapi/frames.h"

#include <utility>

namespace Bulkhead::AdminApi
{

Subscribers::Subscribers(const Permissions &permissions, QObject *parent)
    : QObject(parent)
    , m_permissions(permissions)
{
}

void Subscribers::add(Connection *connection, const QubeName &source, std::optional<QubeName> only)
{
    connect(connection, &Connection::closed, this, [this, connection] {
        forget(connection);
    });
    m_subscribers.push_back({.connection = connection, .source = source, .only = std::move(only)});
}

void Subscribers::tell(const Event &event)
{
    if (m_subscribers.empty()) {
        return;
    }
    const std::string frame = eventFrame(event);
    const auto subscribers = m_subscribers; // one that is dropped on the way leaves the list
    for (const Subscriber &subscriber : subscribers) {
        const bool isWanted = !subscriber.only || event.subject == subscriber.only;
        if (isWanted && subscriber.connection && mayHear(m_permissions, subscriber.source, event)) {
            subscriber.connection->push(frame);
        }
    }
}

void Subscribers::forget(const Connection *connection)
{
    const auto gone = std::erase_if(m_subscribers, [connection](const Subscriber &subscriber) {
        return subscriber.connection == connection || !subscriber.connection;
    });
    if (gone != 0 && m_subscribers.empty()) {
        Q_EMIT emptied();
    }
}

} // namespace Bulkhead::AdminApi
