// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/connection.h"
#include "dom0-core/adminapi/permissions.h"
#include "dom0-core/model/event.h"

#include <QObject>
#include <QPointer>

#include <optional>
#include <vector>

namespace Bulkhead::AdminApi
{

/// Who listens to one stream of events. Each hears what it may hear, event by event; one that does not read is dropped
/// and costs the others nothing; one that goes away is forgotten.
class Subscribers : public QObject
{
    Q_OBJECT

public:
    /// @param permissions  outlive this
    explicit Subscribers(const Permissions &permissions, QObject *parent = nullptr);

    /// @param source  who listens, to be asked permission for
    /// @param only  the one qube whose events are wanted; nothing: all, the system's included
    void add(Connection *connection, const QubeName &source, std::optional<QubeName> only = std::nullopt);
    void tell(const Event &event);

    [[nodiscard]] bool isEmpty() const noexcept
    {
        return m_subscribers.empty();
    }

Q_SIGNALS:
    /// The last one went.
    void emptied();

private:
    struct Subscriber {
        QPointer<Connection> connection;
        QubeName source;
        std::optional<QubeName> only;
    };

    void forget(const Connection *connection);

    const Permissions &m_permissions;
    std::vector<Subscriber> m_subscribers;
};

} // namespace Bulkhead::AdminApi
