// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkchange.h"

#include <QObject>

#include <functional>

namespace Bulkhead
{

/// Does a change at the core, one call after the other, as a whole or not at all: when a step is refused, the steps
/// done are taken back, the last one first. Qubes that were started for it keep running. One change at a time.
class ChangeRunner : public QObject
{
    Q_OBJECT

public:
    /// What came of it: nothing if all is done, else words for the person.
    struct Outcome {
        bool isDone = false;
        QString why;          ///< what was refused and the core's reason
        QStringList leftOver; ///< qubes whose step could not be taken back; empty: all is as it was
    };

    using Done = std::move_only_function<void(const Outcome &)>;

    /// @param source  outlives this
    explicit ChangeRunner(QubeSource *source, QObject *parent = nullptr);

    /// @param done  runs once, later; not if this is gone by then
    void run(const NetworkChange &change, Done done);

    [[nodiscard]] bool isBusy() const
    {
        return m_isBusy;
    }

    /// Where the qubes' packets are asked to go while the core works: qube to its new net qube's name.
    [[nodiscard]] QStringList qubesAskedFor() const;

private:
    void startNext(qsizetype number);
    void setNext(qsizetype number);
    void takeBack(qsizetype number);
    /// @param outcome  not the member, which the next run replaces: it may begin in here
    void end(const Outcome &outcome);

    QubeSource *m_source;
    NetworkChange m_change;
    Done m_done;
    Outcome m_outcome;
    bool m_isBusy = false;
};

} // namespace Bulkhead
