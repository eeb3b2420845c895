// SPDX-License-Identifier: GPL-2.0-or-later
// The runner's calls on a qube that runs: shutdown, kill, pause, unpause. Spec admin-api, 8.2.
#include "base/formatted.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"

#include <QTimer>

#include <chrono>
#include <memory>

namespace Bulkhead
{

using Lifecycle::Happening;
using Lifecycle::Phase;

namespace
{

std::unexpected<Refusal> notStarted(const Qube &qube)
{
    return refuse(RefusalKind::NotStarted, formatted("{} is not running. Start it first.", qube.name.text()));
}

/// The domain of a qube whose phase has one.
DomId domainOf(const Qube &qube)
{
    BH_ASSERT(qube.run.domain.has_value());
    return *qube.run.domain;
}

std::unexpected<Refusal> driverFailed(std::string_view doing, const Qube &qube, const Error &error)
{
    return refuse(RefusalKind::QubeState, formatted("{} {} failed: {}.", doing, qube.name.text(), error.text()));
}

} // namespace

void Runner::shutdown(Qid id, Force force, Wait wait, Done done)
{
    const auto found = guest(id);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    const Qube &qube = **found;
    const Phase phase = phaseOf(id);
    if (!Lifecycle::hasDomain(phase) && phase != Phase::Dying && phase != Phase::Cleaning) {
        done(notStarted(qube));
        return;
    }
    announce(qube, "domain-pre-shutdown", {{"force", force == Force::Yes ? "True" : "False"}});
    if (auto allowed = checkShutdown(qube, force); !allowed) {
        refuseShutdown(qube, std::move(allowed).error(), std::move(done));
        return;
    }
    if (!Lifecycle::hasDomain(phase)) { // it is on its way out already
        wait == Wait::Yes ? awaitShutdown(id, std::move(done)) : done({});
        return;
    }
    if (phase == Phase::Paused || phase == Phase::Crashed) { // it cannot hear a request
        kill(id, std::move(done));
        return;
    }
    sendShutdown(qube, wait, std::move(done));
}

Checked<void> Runner::checkShutdown(const Qube &qube, Force force) const
{
    if (force == Force::Yes) {
        return {};
    }
    for (const Qube *const client : clientsOf(m_registry.model(), qube)) {
        if (client->run.domain && !isPreloaded(*client)) { // nobody uses what was made in advance
            return refuse(RefusalKind::InUse,
                          formatted("{} gets its network from {}. Shut it down first, or force the shutdown.",
                                    client->name.text(),
                                    qube.name.text()));
        }
    }
    if (phaseOf(qube.id) == Phase::Paused) {
        return refuse(RefusalKind::NotRunning,
                      formatted("{} is paused. Unpause it first, or force the shutdown.", qube.name.text()));
    }
    return {};
}

void Runner::refuseShutdown(const Qube &qube, Refusal reason, Done done)
{
    announce(qube, "domain-shutdown-failed", {{"reason", reason.message}});
    done(std::unexpected(std::move(reason)));
}

void Runner::sendShutdown(const Qube &qube, Wait wait, Done done)
{
    auto ended = [this, id = qube.id, wait, hasHalted = noteHalt(qube.id), done = std::move(done)](
                     Result<void> sent) mutable {
        if (*hasHalted) {
            done({});
            return;
        }
        const Qube *const asked = m_registry.model().find(id);
        if (!sent && asked != nullptr) {
            refuseShutdown(*asked,
                           {.kind = RefusalKind::ShutdownTimeout,
                            .message = formatted("{} did not take the request to shut down: {}. Kill it, if it must "
                                                 "end.",
                                                 asked->name.text(),
                                                 sent.error().text())},
                           std::move(done));
            return;
        }
        wait == Wait::Yes ? awaitShutdown(id, std::move(done)) : done({});
    };
    m_driver.shutdown(domainOf(qube), std::move(ended));
}

void Runner::awaitShutdown(Qid id, Done done)
{
    const Qube *const qube = m_registry.model().find(id);
    if (qube == nullptr || phaseOf(id) == Phase::Halted) {
        awaitHalt(id, [done = std::move(done)]() mutable {
            done({});
        });
        return;
    }

    // The halt and the timer race for the one answer.
    struct Waiting {
        Done done;
        QTimer timer;
    };

    auto waiting = std::make_unique<Waiting>();
    waiting->done = std::move(done);
    waiting->timer.setSingleShot(true);
    const auto timeout = std::chrono::seconds(readInteger(m_registry.model(), *qube, "shutdown_timeout"));
    connect(&waiting->timer, &QTimer::timeout, this, [this, id, timeout, state = waiting.get()] {
        const Qube *const late = m_registry.model().find(id);
        if (late == nullptr) { // it has stopped and is on its way out for good
            std::exchange(state->done, {})({});
            return;
        }
        refuseShutdown(*late,
                       {.kind = RefusalKind::ShutdownTimeout,
                        .message = formatted("{} did not shut down within {} s. Wait longer, or kill it.",
                                             late->name.text(),
                                             timeout.count())},
                       std::exchange(state->done, {}));
    });
    waiting->timer.start(timeout);
    awaitHalt(id, [waiting = std::move(waiting)] {
        waiting->timer.stop();
        if (waiting->done) {
            waiting->done({});
        }
    });
}

void Runner::kill(Qid id, Done done)
{
    const auto found = guest(id);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    const Qube &qube = **found;
    const Phase phase = phaseOf(id);
    const bool isEnding = phase == Phase::Dying || phase == Phase::Cleaning;
    if (!isEnding && !Lifecycle::hasDomain(phase)) {
        done(notStarted(qube));
        return;
    }
    if (isEnding) {
        awaitHalt(id, [done = std::move(done)]() mutable {
            done({});
        });
        return;
    }
    auto ended = [this, id, hasHalted = noteHalt(id), done = std::move(done)](const Result<void> &destroyed) mutable {
        if (*hasHalted) {
            done({});
            return;
        }
        const Qube *const killed = m_registry.model().find(id);
        if (!destroyed && killed != nullptr) {
            done(driverFailed("Killing", *killed, destroyed.error()));
            return;
        }
        awaitHalt(id, [done = std::move(done)]() mutable {
            done({});
        });
    };
    m_driver.destroy(domainOf(qube), std::move(ended));
}

void Runner::pause(Qid id, Done done)
{
    const auto found = guest(id);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    const Qube &qube = **found;
    if (phaseOf(id) != Phase::Running && phaseOf(id) != Phase::Booting) {
        done(
            refuse(RefusalKind::NotRunning, formatted("{} is not running, so it cannot be paused.", qube.name.text())));
        return;
    }
    announce(qube, "domain-pre-paused");
    m_driver.pause(domainOf(qube), [this, id, done = std::move(done)](const Result<void> &paused) mutable {
        const Qube *const current = m_registry.model().find(id);
        if (!paused && current != nullptr) {
            done(driverFailed("Pausing", *current, paused.error()));
            return;
        }
        // The driver's signal may come before or after its answer; the event comes once and before ours.
        if (current != nullptr && happen(id, Happening::DomainPaused)) {
            announce(*current, "domain-paused");
        }
        done({});
    });
}

void Runner::unpause(Qid id, Done done)
{
    const auto found = guest(id);
    if (!found) {
        done(std::unexpected(found.error()));
        return;
    }
    const Qube &qube = **found;
    if (phaseOf(id) != Phase::Paused) {
        done(refuse(RefusalKind::NotPaused, formatted("{} is not paused.", qube.name.text())));
        return;
    }
    announce(qube, "domain-pre-unpaused");
    m_driver.unpause(domainOf(qube), [this, id, done = std::move(done)](const Result<void> &unpaused) mutable {
        const Qube *const current = m_registry.model().find(id);
        if (!unpaused && current != nullptr) {
            done(driverFailed("Unpausing", *current, unpaused.error()));
            return;
        }
        happen(id, Happening::DomainResumed);
        if (current != nullptr) {
            announce(*current, "domain-unpaused");
        }
        replugIfAstray(id); // its net qube may have come back meanwhile
        done({});
    });
}

} // namespace Bulkhead
