// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/subscribers.h"
#include "dom0-core/adminapi/trafficrates.h"
#include "dom0-core/lifecycle/registry.h"
#include "vchan-io/wire/qubesdbguestkeys.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace Bulkhead::AdminApi
{

/// The subscribers of bulkhead.Traffic: every stats_interval one event for each running client of a running net qube
/// whose rates are others than before. Net qubes are asked to count only while somebody listens.
/// @source docs/protocol/core.md
class TrafficStreams : public QObject
{
    Q_OBJECT

public:
    /// Asks every net qube to count that often; nothing: not any more.
    using Ask = std::function<void(std::optional<std::chrono::seconds> every)>;

    /// All but `parent` outlive this.
    TrafficStreams(
        Registry &registry, const Permissions &permissions, const Clock &clock, Ask ask, QObject *parent = nullptr);

    /// Says `connection-established`, then the rates that are not 0.
    /// @param source  who asks, and hears only of qubes that it may
    void add(Connection *connection, const QubeName &source);
    /// A net qube has written this below QubesDb::TrafficTree.
    void onWritten(Qid provider, const QubesDb::Entry &entry);

private:
    void begin();
    void end();
    void takeInterval();
    void takeLinks();
    void tick();
    [[nodiscard]] std::optional<Event> eventOf(Qid client, const TrafficRate &rate) const;

    Registry &m_registry;
    const Permissions &m_permissions;
    const Clock &m_clock;
    Ask m_ask;
    QTimer m_timer;
    Subscribers m_subscribers;
    TrafficRates m_rates;
    std::map<std::pair<Qid, std::string>, Qid> m_clients; ///< by net qube and address
};

} // namespace Bulkhead::AdminApi
