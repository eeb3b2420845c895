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
    , m_subscribers(permissions)
{
    connect(&log, &EventLog::added, &m_subscribers, [this](const EventLog::Entry &entry) {
        m_subscribers.tell(entry.event);
    });
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
    m_subscribers.add(connection, source);
    // In one piece: what a client missed counts as one frame against what it may leave unread.
    std::string frames = opening("connection-established");
    for (const EventLog::Entry &entry : *missed) {
        if (mayHear(m_permissions, source, entry.event)) {
            frames += eventFrame(entry.event);
        }
    }
    connection->push(std::move(frames));
}

} // namespace Bulkhead::AdminApi
