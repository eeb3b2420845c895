// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/corestreams.h"

#include "dom0-core/adminapi/eventfilter.h"
#include "dom0-core/adminapi/frames.h"

namespace Bulkhead::AdminApi
{

CoreStreams::CoreStreams(EventLog &log, const Permissions &permissions, QObject *parent)
    : QObject(parent)
    , m_log(log)
    , m_permissions(permissions)
{
    connect(&log, &EventLog::added, this, &CoreStreams::deliver);
}

void CoreStreams::add(Connection *connection, const QubeName &source, std::string_view generation)
{
    const auto opening = [this](std::string name) {
        return eventFrame(
            {.subject = std::nullopt, .name = std::move(name), .pairs = {{"generation", m_log.generation()}}});
    };
    const auto missed = m_log.after(generation);
    if (!missed) {
        connection->answer(opening("bulkhead-gap"));
        return;
    }
    connect(connection, &Connection::closed, this, [this, connection] {
        forget(connection);
    });
    m_subscribers.push_back({.connection = connection, .source = source});
    // In one piece: what a client missed counts as one frame against what it may leave unread.
    std::string frames = opening("connection-established");
    for (const EventLog::Entry &entry : *missed) {
        if (mayHear(m_permissions, source, entry.event)) {
            frames += eventFrame(entry.event);
        }
    }
    connection->push(std::move(frames));
}

void CoreStreams::deliver(const EventLog::Entry &entry)
{
    if (m_subscribers.empty()) {
        return;
    }
    const std::string frame = eventFrame(entry.event);
    const auto subscribers = m_subscribers; // one that is dropped on the way leaves the list
    for (const Subscriber &subscriber : subscribers) {
        if (subscriber.connection && mayHear(m_permissions, subscriber.source, entry.event)) {
            subscriber.connection->push(frame);
        }
    }
}

void CoreStreams::forget(const Connection *connection)
{
    std::erase_if(m_subscribers, [connection](const Subscriber &subscriber) {
        return subscriber.connection == connection || !subscriber.connection;
    });
}

} // namespace Bulkhead::AdminApi
