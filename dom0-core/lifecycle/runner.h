// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/driver.h"
#include "dom0-core/lifecycle/agentwatch.h"
#include "dom0-core/lifecycle/lifecycle.h"
#include "dom0-core/lifecycle/qubelock.h"
#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/model/refusal.h"
#include "dom0-core/storage/pool.h"

#include <QObject>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace Bulkhead
{

class StartJob;

/// Starts and stops qubes: drives the driver and the pool in the right order, keeps every qube's phase, and announces
/// what happens. Main thread only; nothing here waits.
/// @source spec qube-model, 9; admin-api, 8.2
class Runner : public QObject
{
    Q_OBJECT

public:
    /// Called exactly once.
    using Done = std::move_only_function<void(Checked<void>)>;

    enum class Force : bool {
        No,
        Yes,
    };
    enum class Wait : bool {
        No,
        Yes,
    };

    /// All but `parent` outlive the runner.
    Runner(Registry &registry, Driver &driver, Pool &pool, AgentWatch &agents, QObject *parent = nullptr);
    ~Runner() override;

    /// What is done about a qube that has stopped, or did not start, before whoever waits for its halt is told. The
    /// qube may be gone by the time `then` is called.
    using AfterRun = std::function<void(Qid, std::move_only_function<void()> then)>;
    void setAfterRun(AfterRun after);

    /// What a new domain gets besides its volumes; an error fails its start. The qube may be gone when `done` is
    /// called.
    using Furnish = std::function<void(Qid, Done done)>;
    void setFurnish(Furnish furnish);

    /// Takes over the domains that run already, and in the loop's next turn plugs those in that are plugged in
    /// otherwise than the model says. Once, before the first call.
    /// @errors Driver, Io
    [[nodiscard]] Result<void> adopt();

    /// Done when the qube is started, agent included. One that runs already is no error and no event.
    void start(Qid id, Done done);
    /// Ends a start that is under way: it fails as soon as it can. Nothing happens without one.
    void cancelStart(Qid id);
    void shutdown(Qid id, Force force, Wait wait, Done done);
    /// Done when everything of the run is cleaned up.
    void kill(Qid id, Done done);
    void pause(Qid id, Done done);
    void unpause(Qid id, Done done);

    /// Plugs a running qube into its net qube as the model now says, or out of it; in turn with others who do.
    void replug(Qid id, Done done);
    /// The halves of it, for who must know which of them failed. Whoever calls them holds the qube in plugs().
    /// A failed unplug() leaves the qube plugged in as it was, a failed plug() leaves it without a net qube.
    void unplug(Qid id, Done done);
    void plug(Qid id, Done done);

    /// One change of the plug at a time for one qube.
    [[nodiscard]] QubeLock &plugs() noexcept
    {
        return m_plugs;
    }

    [[nodiscard]] Lifecycle::Phase phaseOf(Qid id) const;

    [[nodiscard]] QubeLock &locks() noexcept
    {
        return m_locks;
    }

Q_SIGNALS:
    /// The driver is about to connect this qube to its net qube, as the model now says: the last moment to tell the net
    /// qube what it must know of its client.
    void aboutToPlug(Bulkhead::Qid client);

private:
    friend class StartJob;

    struct Run {
        Lifecycle::Phase phase = Lifecycle::Phase::Halted;
        bool isConcluding = false; ///< halted, but AfterRun is still at work
        std::vector<std::move_only_function<void()>> whenHalted;
    };

    /// Changes the phase if that can happen now, and the model with it. @return whether it could
    bool happen(Qid id, Lifecycle::Happening what, std::optional<DomId> domain = std::nullopt);
    void awaitHalt(Qid id, std::move_only_function<void()> then);
    /// Becomes true when the qube, which runs now, has halted. To be asked before awaitHalt() by whoever waited for
    /// something else in between: it may have started again.
    [[nodiscard]] std::shared_ptr<const bool> noteHalt(Qid id);
    void startLocked(Qid id, Done done, QubeLock::Hold hold);
    void finishStart(Qid id);

    void onDomainState(DomId domain, DomainState state);
    void onDomainEnded(DomId domain, bool crashed);
    void cleanUp(Qid id);
    void finishStop(Qid id);
    void concludeRun(Qid id);
    void detachClients(const Qube &provider);
    void reattachClients(const Qube &provider);
    void watchAdoptedAgent(const Qube &qube);
    [[nodiscard]] bool isAstray(const Qube &qube) const;
    void replugAdopted();
    void replugIfAstray(Qid id, int triedBefore = 0);
    void retryLater(Qid id, int triedBefore);
    void replugHeld(Qid id, QubeLock::Hold hold, Done done);

    void sendShutdown(const Qube &qube, Wait wait, Done done);
    void awaitShutdown(Qid id, Done done);
    void refuseShutdown(const Qube &qube, Refusal reason, Done done);
    [[nodiscard]] Checked<void> checkShutdown(const Qube &qube, Force force) const;

    [[nodiscard]] Checked<const Qube *> guest(Qid id) const;
    [[nodiscard]] const Qube *qubeOf(DomId domain) const;
    void announce(const Qube &qube, std::string name, std::vector<std::pair<std::string, std::string>> pairs = {});
    void announceDomainReset(const Qube &qube);

    Registry &m_registry;
    Driver &m_driver;
    Pool &m_pool;
    AgentWatch &m_agents;
    QubeLock m_locks;
    QubeLock m_plugs;
    std::map<Qid, Run> m_runs;
    std::map<Qid, std::unique_ptr<StartJob>> m_starts;
    AfterRun m_afterRun;
    Furnish m_furnish;
};

} // namespace Bulkhead
