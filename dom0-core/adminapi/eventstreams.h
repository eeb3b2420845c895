// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/subscribers.h"
#include "dom0-core/lifecycle/registry.h"

#include <QObject>

#include <optional>
#include <string>

namespace Bulkhead::AdminApi
{

/// The subscribers of admin.Events.
/// @source spec admin-api, 9.1
class EventStreams : public QObject
{
    Q_OBJECT

public:
    /// All but `parent` outlive this.
    EventStreams(Registry &registry, const Permissions &permissions, QObject *parent = nullptr);

    /// Says `connection-established`; from here on the connection misses nothing.
    /// @param source  hears what it may hear, event by event
    /// @param only  the one qube whose events are wanted; nothing: all, the application's included
    void add(Connection *connection, const QubeName &source, std::optional<QubeName> only);

private:
    Subscribers m_subscribers;
};

/// The first frame of every stream.
[[nodiscard]] std::string connectionEstablished();

} // namespace Bulkhead::AdminApi
