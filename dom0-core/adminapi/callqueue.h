// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/call.h"
#include "dom0-core/adminapi/methods.h"

#include <QObject>
#include <QTimer>

#include <deque>

namespace Bulkhead::AdminApi
{

/// Calls that are not answered by what is known wait for each other here, in the order in which they came: one begins
/// in each turn of the loop. To begin one costs as much as ten reading calls, and who only reads need not wait for
/// twenty of them.
class CallQueue : public QObject
{
    Q_OBJECT

public:
    explicit CallQueue(QObject *parent = nullptr);

    /// @param call  its destination is there now; where it is gone by its turn, the reply says so
    void add(AsyncHandler handler, Call call, Reply reply);

private:
    void runNext();

    struct Waiting {
        AsyncHandler handler;
        Call call;
        QubeName destination;
        Reply reply;
    };

    std::deque<Waiting> m_waiting;
    QTimer m_turn;
};

} // namespace Bulkhead::AdminApi
