// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/runner.h"

#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/lifecycle/domainconfig.h"
#include "dom0-core/lifecycle/startjob.h"
#include "dom0-core/model/propertyevents.h"

#include <QTimer>

namespace Bulkhead
{

using Lifecycle::Happening;
using Lifecycle::Phase;

namespace
{

constexpr LogCategory Log("bulkhead.core.lifecycle");

Happening happeningOf(DomainState state)
{
    switch (state) {
    case DomainState::Running:
        return Happening::DomainResumed;
    case DomainState::Paused:
        return Happening::DomainPaused;
    case DomainState::Dying:
        return Happening::DomainDying;
    case DomainState::Crashed:
        return Happening::DomainCrashed;
    }
    std::unreachable();
}

} // namespace

Runner::Runner(Registry &registry, Driver &driver, Pool &pool, AgentWatch &agents, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_driver(driver)
    , m_pool(pool)
    , m_agents(agents)
{
    connect(&driver, &Driver::stateChanged, this, &Runner::onDomainState);
    connect(&driver, &Driver::ended, this, &Runner::onDomainEnded);
}

Runner::~Runner() = default;

void Runner::setAfterRun(AfterRun after)
{
    m_afterRun = std::move(after);
}

void Runner::setFurnish(Furnish furnish)
{
    m_furnish = std::move(furnish);
}

Result<void> Runner::adopt()
{
    BH_TRY(const auto domains, m_driver.adopt());
    for (const RunningDomain &domain : domains) {
        const Qube *const qube = m_registry.model().findUuid(domain.uuid);
        if (qube == nullptr || qube->id == Dom0Qid) {
            Log.warning("{}: domain {} runs but the store knows no such qube; it is left alone",
                        domain.name.text(),
                        domain.id.value());
            continue;
        }
        happen(qube->id, Happening::DomainFound, domain.id);
        watchAdoptedAgent(*qube);
        if (domain.state != DomainState::Running) {
            happen(qube->id, happeningOf(domain.state));
        }
        Log.info("{}: runs already as domain {}", domain.name.text(), domain.id.value());
    }
    QTimer::singleShot(0, this, &Runner::replugAdopted);
    return {};
}

void Runner::watchAdoptedAgent(const Qube &qube)
{
    if (!expectsAgent(m_registry.model(), qube)) {
        happen(qube.id, Happening::AgentThere);
        return;
    }
    m_agents.wait(qube.name, std::nullopt, [this, id = qube.id](bool) {
        happen(id, Happening::AgentThere);
    });
}

void Runner::start(Qid id, Done done)
{
    m_locks.acquire(id, [this, id, done = std::move(done)](QubeLock::Hold hold) mutable {
        startLocked(id, std::move(done), std::move(hold));
    });
}

void Runner::startLocked(Qid id, Done done, QubeLock::Hold hold)
{
    const Qube *const qube = m_registry.model().find(id);
    if (qube == nullptr) {
        done(refuse(RefusalKind::QubeNotFound, "The qube was removed before it could be started."));
        return;
    }
    if (qube->klass == QubeClass::AdminVM) {
        done(refuse(RefusalKind::NotHalted, "dom0 runs already: it is what everything else runs from."));
        return;
    }
    if (qube->klass == QubeClass::RemoteVM) {
        done(refuse(RefusalKind::NotHalted,
                    formatted("{} is a qube of another machine and is started there.", qube->name.text())));
        return;
    }
    switch (phaseOf(id)) {
    case Phase::Halted:
        break;
    case Phase::Dying:
    case Phase::Cleaning:
        awaitHalt(id, [this, id, done = std::move(done), hold = std::move(hold)]() mutable {
            startLocked(id, std::move(done), std::move(hold));
        });
        return;
    case Phase::Crashed:
        done(refuse(
            RefusalKind::QubeState,
            formatted("{} has crashed and is kept for a look. Kill it, then start it again.", qube->name.text())));
        return;
    case Phase::Preparing:
    case Phase::Booting:
    case Phase::Running:
    case Phase::Paused:
        done({});
        return;
    }
    happen(id, Happening::StartBegun);
    auto job = std::make_unique<StartJob>(*this, id, std::move(hold), std::move(done));
    StartJob &begun = *job;
    m_starts.insert_or_assign(id, std::move(job));
    begun.begin();
}

void Runner::cancelStart(Qid id)
{
    if (const auto job = m_starts.find(id); job != m_starts.end()) {
        job->second->cancel();
    }
}

void Runner::finishStart(Qid id)
{
    const auto place = m_starts.find(id);
    if (place != m_starts.end()) {
        place->second.release()->deleteLater(); // it is on the stack
        m_starts.erase(place);
    }
}

Phase Runner::phaseOf(Qid id) const
{
    const auto place = m_runs.find(id);
    return place == m_runs.end() ? Phase::Halted : place->second.phase;
}

bool Runner::happen(Qid id, Happening what, std::optional<DomId> domain)
{
    Run &run = m_runs[id];
    const auto phase = Lifecycle::next(run.phase, what);
    const Qube *const qube = m_registry.model().find(id);
    if (!phase || qube == nullptr) {
        return false;
    }
    run.phase = *phase;
    RunState state = qube->run;
    state.power = Lifecycle::powerOf(*phase);
    if (domain) {
        state.domain = domain;
    }
    if (what == Happening::DomainUp) {
        state.started = std::chrono::system_clock::now();
    }
    if (what == Happening::DomainGone) {
        state.domain.reset();
        state.started.reset();
    }
    m_registry.setRun(id, state);
    return true;
}

void Runner::awaitHalt(Qid id, std::move_only_function<void()> then)
{
    if (phaseOf(id) == Phase::Halted && !m_runs[id].isConcluding) {
        then();
        return;
    }
    m_runs[id].whenHalted.push_back(std::move(then));
}

std::shared_ptr<const bool> Runner::noteHalt(Qid id)
{
    auto hasHalted = std::make_shared<bool>(false);
    awaitHalt(id, [hasHalted] {
        *hasHalted = true;
    });
    return hasHalted;
}

void Runner::onDomainState(DomId domain, DomainState state)
{
    const Qube *const qube = qubeOf(domain);
    if (qube == nullptr) {
        return;
    }
    if (happen(qube->id, happeningOf(state)) && state == DomainState::Paused) {
        announce(*qube, "domain-paused");
    }
}

void Runner::onDomainEnded(DomId domain, bool crashed)
{
    const Qube *const qube = qubeOf(domain);
    if (qube == nullptr) {
        return;
    }
    if (crashed) {
        Log.warning("{}: its domain {} crashed", qube->name.text(), domain.value());
    }
    if (happen(qube->id, Happening::DomainGone)) {
        cleanUp(qube->id);
    }
}

void Runner::cleanUp(Qid id)
{
    const Qube &qube = *m_registry.model().find(id);
    m_agents.cancel(qube.name);
    m_pool.stop(volumesOf(m_registry.model(), qube), [this, id](const Result<void> &stopped) {
        const Qube *const halted = m_registry.model().find(id);
        if (!stopped) {
            Log.warning("{}: its volumes could not be stopped: {}", halted->name.text(), stopped.error().text());
        }
        finishStop(id);
    });
}

void Runner::finishStop(Qid id)
{
    const Qube &qube = *m_registry.model().find(id);
    announceDomainReset(qube);
    announce(qube, "domain-stopped");
    happen(id, Happening::CleanedUp);
    detachClients(qube);
    announce(qube, "domain-shutdown");
    if (const auto job = m_starts.find(id); job != m_starts.end()) {
        job->second->onDomainGone();
    }
    concludeRun(id);
}

void Runner::concludeRun(Qid id)
{
    m_runs[id].isConcluding = true;
    auto conclude = [this, id] {
        Run &run = m_runs[id];
        run.isConcluding = false;
        for (auto &then : std::exchange(run.whenHalted, {})) {
            then();
        }
    };
    if (m_afterRun) {
        m_afterRun(id, std::move(conclude));
    } else {
        conclude();
    }
}

Checked<const Qube *> Runner::guest(Qid id) const
{
    const Qube *const qube = m_registry.model().find(id);
    if (qube == nullptr) {
        return refuse(RefusalKind::QubeNotFound, "There is no such qube any more.");
    }
    if (qube->klass == QubeClass::AdminVM) {
        return refuse(RefusalKind::QubeState, "This cannot be done to dom0.");
    }
    if (qube->klass == QubeClass::RemoteVM) {
        return refuse(RefusalKind::QubeState,
                      formatted("{} is a qube of another machine: this is done there.", qube->name.text()));
    }
    return qube;
}

const Qube *Runner::qubeOf(DomId domain) const
{
    return domain == Dom0 ? nullptr : m_registry.model().findDomain(domain);
}

void Runner::announce(const Qube &qube, std::string name, std::vector<std::pair<std::string, std::string>> pairs)
{
    m_registry.announce(Event{.subject = qube.name, .name = std::move(name), .pairs = std::move(pairs)});
}

void Runner::announceDomainReset(const Qube &qube)
{
    for (const std::string_view property : {"xid", "stubdom_xid", "start_time"}) {
        m_registry.announce(refreshed(qube, property));
    }
}

} // namespace Bulkhead
