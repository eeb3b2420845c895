// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/qubesdb/clientparts.h"
#include "dom0-core/qubesdb/keys.h"
#include "dom0-core/qubesdb/qtloop.h"
#include "dom0-core/qubesdb/qubestore.h"
#include "vchan-io/transport/backend.h"

#include <QObject>
#include <QTimer>

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace Bulkhead::QubesDb
{

/// The databases of all running qubes, and dom0's own. A qube's comes into being when its domain does, before the qube
/// can see it, and goes with the domain; what it holds follows the model. Never waits for a qube.
/// @source spec qubesdb, section 1; qube-model, section 9.2 step 14
class Service : public QObject
{
    Q_OBJECT

public:
    struct Parts {
        Registry &registry;
        Runner &runner;
        const Clock &clock;
        Backend *backend = nullptr; ///< null: qubes cannot be reached, and only dom0's programs see the databases
        std::function<std::array<std::byte, 16>()> random;
        std::filesystem::path directory; ///< of the sockets; must exist
        std::vector<KeyProvider> providers = standardProviders();
        std::vector<ClientKeyProvider> clientProviders = standardClientProviders();
    };

    /// All of the parts outlive the service.
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<Service>> create(Parts parts);
    ~Service() override;

    /// Makes dom0's own database and those of the qubes that run already. Once.
    /// @errors Io (dom0's sockets)
    [[nodiscard]] Result<void> adopt();

    /// Null while the qube does not run. What a qube wrote is read through vchan-io/wire/qubesdbguestkeys.h.
    [[nodiscard]] const Database *databaseOf(Qid id) const;

    /// Asks every net qube to count that often what its clients send and receive; nothing: not any more.
    void setTrafficInterval(std::optional<std::chrono::seconds> every);

Q_SIGNALS:
    /// A net qube that was asked to count has written a key below TrafficTree.
    void trafficWritten(Qid provider, const Bulkhead::QubesDb::Entry &entry);

private:
    using Trigger = std::pair<Qid, std::string>;

    Service(Parts parts, std::unique_ptr<EventLoop> loop);

    void removeStaleSockets();
    void onEvent(const Event &event);
    void onAboutToPlug(Qid client);
    void noteChange(const Event &event, const Qube *subject);
    void noteRunOf(const Qube &subject);
    void republishFirewall(const Qube &client);
    void begin(const Qube &qube);
    void writeSeed(QubeStore &store);
    [[nodiscard]] QubeStore &makeStore(const Qube &qube);
    void forgetStore(Qid id);
    void showOwn(const Qube &qube, QubeStore &store);
    /// The qube's own keys are looked at again at the end of the turn.
    void refresh(Qid id);
    /// The same, and of what its net qube has about it.
    void refreshClient(Qid id);
    void refreshDependentsOf(const Qube *subject);
    /// Not at the end of the turn, but now.
    void refreshNow();
    void addTrafficKey(const Model &model, const Qube &qube, Keys &keys) const;
    void onReport(Qid id, const std::string &path);
    void onTrigger(Qid id, const std::string &path);
    void onQuietOver();
    void announce(const Trigger &trigger);

    Parts m_parts;
    std::unique_ptr<EventLoop> m_loop;
    QtLoop m_bridge;
    std::map<Qid, std::unique_ptr<QubeStore>> m_stores;
    ClientParts m_clients{m_parts.clientProviders, m_stores};
    std::map<Qid, std::set<Qid>> m_displayed; ///< who has had windows or sound at a qube, by that one
    std::set<Qid> m_changed;                  ///< whose own keys are to be looked at
    std::set<Qid> m_changedClients;           ///< of whom net qubes' keys are
    QTimer m_refresh;
    std::map<Trigger, bool> m_quieted; ///< told a moment ago; true: written again since
    QTimer m_quiet;
    std::optional<std::chrono::seconds> m_trafficInterval;
    std::set<Qid> m_adopted; ///< ran before this life of the daemon
};

} // namespace Bulkhead::QubesDb
