// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/runner.h"

#include <QObject>

#include <set>
#include <vector>

namespace Bulkhead
{

/// Shuts down every running qube, a net qube only when its last client has ended, those that wait for nobody at the
/// same time. A qube that does not shut down within its time is killed. Qubes that are started meanwhile are shut down,
/// too.
class OrderlyShutdown : public QObject
{
    Q_OBJECT

public:
    using Done = std::move_only_function<void()>;

    /// Both outlive it.
    OrderlyShutdown(const Registry &registry, Runner &runner, QObject *parent = nullptr);

    /// Calls `done` when no qube runs any more. Asked again meanwhile, it answers both at the end.
    void begin(Done done);

private:
    void askWhoCan();
    void askOne(Qid id);
    void killOne(Qid id);
    void onEnded(Qid id);

    const Registry &m_registry;
    Runner &m_runner;
    std::set<Qid> m_asked;
    std::vector<Done> m_waiting;
};

} // namespace Bulkhead
