// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/adminreply.h"

#include <QObject>
#include <QPointer>
#include <QString>

#include <deque>
#include <functional>

namespace Bulkhead
{

/// Where the core's Admin API is, `BULKHEAD_ADMIN_SOCKET` before the field's path.
[[nodiscard]] QString adminSocketPath();
/// Where its calls of our own are, `BULKHEAD_CORE_SOCKET` before our path. Empty where only the Admin API was moved: a
/// core at another place is asked nothing that it may not know.
[[nodiscard]] QString coreSocketPath();

/// Asks the core, one connection a call, never blocking. At most `MaxConnections` calls are open at once, the others
/// wait in order. Main thread only.
class AdminClient : public QObject
{
    Q_OBJECT

public:
    using Done = std::move_only_function<void(AdminResult)>;

    /// The core accepts 512; a window has no reason to take many of them.
    static constexpr int MaxConnections = 16;
    /// No answer of the calls we make comes near; what is longer is not an answer.
    static constexpr qsizetype MaxReply = qsizetype{16} * 1024 * 1024;

    explicit AdminClient(QString socketPath, QObject *parent = nullptr);

    /// `done` runs exactly once and never inside this call; it is dropped when `context` or the client is gone by then.
    void call(AdminCall call, QObject *context, Done done);

    [[nodiscard]] const QString &socketPath() const
    {
        return m_socketPath;
    }

private:
    struct Pending {
        AdminCall call;
        QPointer<QObject> context;
        Done done;
    };

    void startNext();
    void start(Pending pending);

    QString m_socketPath;
    std::deque<Pending> m_waiting;
    int m_open = 0;
};

} // namespace Bulkhead
