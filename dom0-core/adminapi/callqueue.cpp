// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/callqueue.h"

#include "dom0-core/adminapi/request.h"

#include <utility>

namespace Bulkhead::AdminApi
{

CallQueue::CallQueue(QObject *parent)
    : QObject(parent)
{
    m_turn.setSingleShot(true);
    connect(&m_turn, &QTimer::timeout, this, &CallQueue::runNext);
}

void CallQueue::add(AsyncHandler handler, Call call, Reply reply)
{
    QubeName destination = call.qube().name;
    m_waiting.push_back({.handler = handler,
                         .call = std::move(call),
                         .destination = std::move(destination),
                         .reply = std::move(reply)});
    if (!m_turn.isActive()) {
        m_turn.start(0);
    }
}

void CallQueue::runNext()
{
    Waiting next = std::move(m_waiting.front());
    m_waiting.pop_front();
    if (!m_waiting.empty()) {
        m_turn.start(0); // first, for the call may bring others
    }
    // By its name: the number of one that is gone may be another's by now.
    const auto destination = resolveDestination(next.call.model(), next.call.source, next.destination.text());
    if (!destination) {
        next.reply(std::unexpected(destination.error()));
        return;
    }
    next.call.destination = (*destination)->id;
    next.handler(next.call, std::move(next.reply));
}

} // namespace Bulkhead::AdminApi
