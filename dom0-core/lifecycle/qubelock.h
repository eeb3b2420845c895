// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/qube.h"

#include <QObject>
#include <QPointer>

#include <deque>
#include <functional>
#include <map>

namespace Bulkhead
{

/// One thing at a time for one qube: its creation, starts, the ends of starts, its removal.
class QubeLock : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// The right to work on one qube; ends with the object. Empty after a move.
    class Hold
    {
    public:
        Hold(QubeLock *lock, Qid id);
        Hold(Hold &&other) noexcept;
        Hold &operator=(Hold &&) = delete;
        Hold(const Hold &) = delete;
        Hold &operator=(const Hold &) = delete;
        ~Hold();

    private:
        QPointer<QubeLock> m_lock;
        Qid m_id;
    };

    using Work = std::move_only_function<void(Hold)>;

    /// Runs `work` as soon as nobody else holds the qube: at once, or in turn from the event loop.
    void acquire(Qid id, Work work);

private:
    void release(Qid id);
    void runNext(Qid id);

    std::map<Qid, std::deque<Work>> m_waiting; ///< has an entry while somebody holds the qube
};

} // namespace Bulkhead
