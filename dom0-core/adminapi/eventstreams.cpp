// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/eventstreams.h"

#include "dom0-core/adminapi/frames.h"

#include <utility>

namespace Bulkhead::AdminApi
{

EventStreams::EventStreams(Registry &registry, const Permissions &permissions, QObject *parent)
    : QObject(parent)
    , m_subscribers(permissions)
{
    connect(&registry, &Registry::announced, &m_subscribers, &Subscribers::tell);
}

void EventStreams::add(Connection *connection, const QubeName &source, std::optional<QubeName> only)
{
    m_subscribers.add(connection, source, std::move(only));
    connection->push(connectionEstablished());
}

std::string connectionEstablished()
{
    return eventFrame({.subject = std::nullopt, .name = "connection-established", .pairs = {}});
}

} // namespace Bulkhead::AdminApi
