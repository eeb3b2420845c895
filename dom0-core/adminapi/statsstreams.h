// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "dom0-core/adminapi/subscribers.h"
#include "dom0-core/driver/driver.h"
#include "dom0-core/lifecycle/registry.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <optional>

namespace Bulkhead::AdminApi
{

/// The subscribers of admin.vm.Stats: every stats_interval one vm-stats event per running qube. Measures only while
/// somebody listens.
/// @source spec admin-api, 8.14
class StatsStreams : public QObject
{
    Q_OBJECT

public:
    /// All but `parent` outlive this.
    StatsStreams(Registry &registry,
                 Driver &driver,
                 const Permissions &permissions,
                 const Clock &clock,
                 QObject *parent = nullptr);

    /// @param source  who asks, and hears only of qubes that it may
    /// @param only  the one qube whose numbers are wanted; nothing: all
    void add(Connection *connection, const QubeName &source, std::optional<QubeName> only);

private:
    /// A domain's processor time at some moment, to tell its use since then.
    struct Sample {
        DomId domain;
        TimePoint when;
        std::chrono::nanoseconds used{0};
    };

    void tick();
    [[nodiscard]] Event statsOf(const Qube &qube, DomId domain);
    void takeInterval();

    Registry &m_registry;
    Driver &m_driver;
    const Clock &m_clock;
    QTimer m_timer;
    Subscribers m_subscribers;
    std::map<Qid, Sample> m_samples;
};

} // namespace Bulkhead::AdminApi
