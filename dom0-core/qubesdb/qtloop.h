// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/eventloop.h"

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

namespace Bulkhead
{

/// Runs an EventLoop inside Qt's: what channels and local sockets are made of works in a Qt program, too, and nothing
/// of it knows. Main thread only.
class QtLoop : public QObject
{
    Q_OBJECT

public:
    /// @param loop  outlives this
    explicit QtLoop(EventLoop &loop, QObject *parent = nullptr);
    QtLoop(const QtLoop &) = delete;
    QtLoop &operator=(const QtLoop &) = delete;
    ~QtLoop() override;

private:
    void turn();
    void arm();

    EventLoop &m_loop;
    QSocketNotifier m_notifier;
    QTimer m_timer;
    bool m_isTurning = false;
};

} // namespace Bulkhead
