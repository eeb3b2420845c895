// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/eventparser.h"

#include <QLocalSocket>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <vector>

namespace Bulkhead
{

/// The core's events of one kind, connected again as long as they are wanted when they end: after 1, 2, 5, 10 and then
/// every 30 s (spec ui 15).
class EventStream : public QObject
{
    Q_OBJECT

public:
    using Delays = std::vector<std::chrono::milliseconds>;

    /// @param method  the call that answers with the events
    explicit EventStream(QString socketPath, QByteArray method = "admin.Events", QObject *parent = nullptr);
    EventStream(const EventStream &) = delete;
    EventStream &operator=(const EventStream &) = delete;
    EventStream(EventStream &&) = delete;
    EventStream &operator=(EventStream &&) = delete;
    ~EventStream() override;

    /// For tests: other pauses between attempts, not empty.
    void setDelays(Delays delays);

    void start();
    /// Nothing is told any more, not even that it ended.
    void stop();
    /// Tries at once instead of after the pause. Nothing happens while connected.
    void retryNow();

Q_SIGNALS:
    /// The core registered us: from here on no change is missed, everything before has to be read again.
    void established();
    void received(const Bulkhead::AdminEvent &event);
    /// The stream ended or could not be opened; emitted once an attempt.
    void lost();

private:
    void open();
    void send();
    void read();
    void onEnd();

    QString m_socketPath;
    QByteArray m_method;
    QLocalSocket m_socket;
    QTimer m_retry;
    EventParser m_parser;
    Delays m_delays;
    std::size_t m_attempt = 0; ///< failed ones since the last established()
    bool m_active = false;     ///< an attempt or a connection is under way
};

} // namespace Bulkhead
