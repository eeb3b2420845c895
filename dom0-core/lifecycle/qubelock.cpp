// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/qubelock.h"

#include <QTimer>

#include <utility>

namespace Bulkhead
{

QubeLock::Hold::Hold(QubeLock *lock, Qid id)
    : m_lock(lock)
    , m_id(id)
{
}

QubeLock::Hold::Hold(Hold &&other) noexcept
    : m_lock(std::exchange(other.m_lock, {}))
    , m_id(other.m_id)
{
}

QubeLock::Hold::~Hold()
{
    if (m_lock) {
        m_lock->release(m_id);
    }
}

void QubeLock::acquire(Qid id, Work work)
{
    const auto [place, isFree] = m_waiting.try_emplace(id);
    if (!isFree) {
        place->second.push_back(std::move(work));
        return;
    }
    work(Hold(this, id));
}

void QubeLock::release(Qid id)
{
    // From the event loop: who lets go is often in the middle of something.
    QTimer::singleShot(0, this, [this, id] {
        runNext(id);
    });
}

void QubeLock::runNext(Qid id)
{
    const auto place = m_waiting.find(id);
    if (place == m_waiting.end()) {
        return;
    }
    if (place->second.empty()) {
        m_waiting.erase(place);
        return;
    }
    Work work = std::move(place->second.front());
    place->second.pop_front();
    work(Hold(this, id));
}

} // namespace Bulkhead
