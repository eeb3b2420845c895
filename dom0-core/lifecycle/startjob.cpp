// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/startjob.h"

#include "base/formatted.h"
#include "dom0-core/lifecycle/domainconfig.h"
#include "dom0-core/lifecycle/volumerefusal.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"

#include <QPointer>

#include <chrono>

namespace Bulkhead
{

using Lifecycle::Happening;

namespace
{

Refusal refusalOf(const Qube &qube, const Error &error)
{
    if (error.code == Errc::TooMuch) {
        return {.kind = RefusalKind::NotEnoughMemory,
                .message = formatted("Not enough memory to start {}: {}. Shut down another qube, or give this one "
                                     "less memory.",
                                     qube.name.text(),
                                     error.text())};
    }
    return {.kind = RefusalKind::QubeState,
            .message = formatted("{} could not be started: {}.", qube.name.text(), error.text())};
}

} // namespace

StartJob::StartJob(Runner &runner, Qid id, QubeLock::Hold hold, Runner::Done done)
    : m_runner(runner)
    , m_id(id)
    , m_hold(std::move(hold))
    , m_done(std::move(done))
{
}

void StartJob::begin()
{
    if (const auto reason = findFeature(model(), qube(), "prohibit-start", FeatureLookup::Own);
        reason && !reason->empty()) {
        failBeforeDomain({.kind = RefusalKind::QubeState,
                          .message = formatted("{} may not be started: {}", qube().name.text(), *reason)});
        return;
    }
    if (auto agreed = m_runner.m_registry.propose(Event{.subject = qube().name,
                                                        .name = "domain-pre-start",
                                                        .pairs = {{"start_guid", "True"}, {"mem_required", "None"}}});
        !agreed) {
        failBeforeDomain(std::move(agreed).error());
        return;
    }
    if (auto still = checkSourcesAreStill(model(), qube()); !still) {
        failBeforeDomain(std::move(still).error());
        return;
    }
    if (const auto verified = m_runner.m_pool.verify(volumesOf(model(), qube())); !verified) {
        failBeforeDomain({.kind = RefusalKind::Storage,
                          .message = formatted("{} cannot be started, its storage is incomplete: {}.",
                                               qube().name.text(),
                                               verified.error().text())});
        return;
    }
    announce("domain-verify-files");
    startNetvm();
}

void StartJob::startNetvm()
{
    const Qube *const provider = netvmOf(model(), qube());
    if (provider == nullptr) {
        startVolumes();
        return;
    }
    m_runner.start(provider->id, [self = QPointer(this)](Checked<void> started) {
        if (!self) {
            return;
        }
        if (!started) {
            Refusal reason = std::move(started).error();
            reason.message = formatted("Its net qube did not start. {}", reason.message);
            self->failBeforeDomain(std::move(reason));
            return;
        }
        self->startVolumes();
    });
}

void StartJob::startVolumes()
{
    if (m_isCancelled) {
        failBeforeDomain(cancelled());
        return;
    }
    m_runner.m_pool.start(volumesOf(model(), qube()), [self = QPointer(this)](Result<StartedVolumes> volumes) {
        if (!self) {
            return;
        }
        if (!volumes) {
            self->failBeforeDomain({.kind = RefusalKind::Storage,
                                    .message = formatted("{} cannot be started, its storage is not ready: {}.",
                                                         self->qube().name.text(),
                                                         volumes.error().text())});
            return;
        }
        self->buildDomain(*volumes);
    });
}

void StartJob::buildDomain(const StartedVolumes &volumes)
{
    if (m_isCancelled) {
        failWithVolumes(cancelled());
        return;
    }
    m_runner.m_agents.forget(qube().name);
    announce("domain-pre-spawn");
    Q_EMIT m_runner.aboutToPlug(m_id);
    m_runner.m_driver.start(domainConfigOf(model(), qube(), volumes), [self = QPointer(this)](Result<DomId> domain) {
        if (!self) {
            return;
        }
        if (!domain) {
            self->failWithVolumes(refusalOf(self->qube(), domain.error()));
            return;
        }
        self->onDomainUp(*domain);
    });
}

void StartJob::onDomainUp(DomId domain)
{
    m_runner.happen(m_id, Happening::DomainUp, domain);
    m_runner.announceDomainReset(qube());
    announce("domain-spawn");
    m_runner.announce(qube(), "domain-pre-unpaused");
    m_runner.announce(qube(), "domain-unpaused");
    m_runner.reattachClients(qube());
    if (m_isCancelled) {
        failWithDomain(cancelled());
        return;
    }
    furnish();
}

void StartJob::furnish()
{
    if (!m_runner.m_furnish) {
        awaitAgent();
        return;
    }
    m_runner.m_furnish(m_id, [self = QPointer(this)](Checked<void> furnished) {
        if (!self || self->m_failure) {
            return;
        }
        if (!furnished) {
            self->failWithDomain(std::move(furnished).error());
            return;
        }
        self->awaitAgent();
    });
}

void StartJob::awaitAgent()
{
    if (!expectsAgent(model(), qube())) {
        onAgentThere();
        return;
    }
    const auto timeout = std::chrono::seconds(readInteger(model(), qube(), "qrexec_timeout"));
    m_runner.m_agents.wait(qube().name, timeout, [self = QPointer(this), timeout](bool found) {
        if (!self || self->m_failure) {
            return;
        }
        if (!found) {
            self->failWithDomain(
                {.kind = RefusalKind::QubeState,
                 .message = formatted("The qrexec agent in {} did not connect within {} s, so the qube was stopped "
                                      "again. Look at its log, or raise qrexec_timeout.",
                                      self->qube().name.text(),
                                      timeout.count())});
            return;
        }
        self->onAgentThere();
    });
}

void StartJob::onAgentThere()
{
    m_runner.happen(m_id, Happening::AgentThere);
    announce("domain-start");
    finish({});
}

void StartJob::failBeforeDomain(Refusal reason)
{
    m_runner.happen(m_id, Happening::StartFailed);
    m_runner.announce(qube(), "domain-start-failed", {{"reason", reason.message}});
    finish(std::unexpected(std::move(reason)));
    m_runner.concludeRun(m_id); // the qube may be gone after this
}

void StartJob::failWithVolumes(Refusal reason)
{
    m_runner.m_pool.stop(volumesOf(model(), qube()),
                         [self = QPointer(this), reason = std::move(reason)](const Result<void> &) mutable {
                             // What the pool could not stop it says itself; the start failed for another reason.
                             if (self) {
                                 self->failBeforeDomain(std::move(reason));
                             }
                         });
}

void StartJob::failWithDomain(Refusal reason)
{
    m_runner.announce(qube(), "domain-start-failed", {{"reason", reason.message}});
    m_failure = std::move(reason);
    const auto domain = qube().run.domain;
    if (!domain) {
        return; // it went in the same moment, and is being cleaned up
    }
    // Its end is told by the driver and cleaned up like any other; then onDomainGone() answers.
    m_runner.m_driver.destroy(*domain, [self = QPointer(this)](const Result<void> &destroyed) {
        if (self && !destroyed) {
            self->m_failure->message += formatted(" Stopping it failed, too: {}.", destroyed.error().text());
            self->finish(std::unexpected(*self->m_failure));
        }
    });
}

void StartJob::cancel()
{
    if (m_failure || std::exchange(m_isCancelled, true)) {
        return;
    }
    if (qube().run.domain) { // else the next step sees it
        failWithDomain(cancelled());
    }
}

Refusal StartJob::cancelled() const
{
    return {.kind = RefusalKind::QubeState,
            .message = formatted("The start of {} was cancelled. It is halted.", qube().name.text())};
}

void StartJob::onDomainGone()
{
    if (!m_failure) {
        m_failure =
            Refusal{.kind = RefusalKind::QubeState,
                    .message = formatted("{} ended while it was starting. Look at its log.", qube().name.text())};
        m_runner.announce(qube(), "domain-start-failed", {{"reason", m_failure->message}});
    }
    finish(std::unexpected(*m_failure));
}

void StartJob::finish(Checked<void> result)
{
    m_done(std::move(result));
    m_runner.finishStart(m_id); // ends this object's life, later
}

const Qube &StartJob::qube() const
{
    const Qube *const found = model().find(m_id);
    BH_ASSERT(found != nullptr); // the lock keeps the qube from being removed, and what goes by itself goes after this
    return *found;
}

const Model &StartJob::model() const
{
    return m_runner.m_registry.model();
}

void StartJob::announce(std::string name)
{
    const bool hasGuid = name == "domain-pre-spawn" || name == "domain-spawn" || name == "domain-start";
    m_runner.announce(qube(),
                      std::move(name),
                      hasGuid ? std::vector<std::pair<std::string, std::string>>{{"start_guid", "True"}}
                              : std::vector<std::pair<std::string, std::string>>{});
}

} // namespace Bulkhead
