// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/eventlog.h"
#include "dom0-core/adminapi/subscribers.h"

#include <QObject>

#include <string_view>

namespace Bulkhead::AdminApi
{

/// The subscribers of bulkhead.EventsFrom: each first hears what it missed, then everything, in one stream.
/// @source docs/protocol/core.md
class CoreStreams : public QObject
{
    Q_OBJECT

public:
    /// All but `parent` outlive this.
    CoreStreams(EventLog &log, const Permissions &permissions, QObject *parent = nullptr);

    /// Says `connection-established`, then what came after that generation; or, if that is no longer known,
    /// `bulkhead-gap`, and ends the connection.
    void add(Connection *connection, const QubeName &source, std::string_view generation);

private:
    EventLog &m_log;
    const Permissions &m_permissions;
    Subscribers m_subscribers;
};

} // namespace Bulkhead::AdminApi
