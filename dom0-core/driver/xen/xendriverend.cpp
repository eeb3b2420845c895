// SPDX-License-Identifier: GPL-2.0-or-later
// The end of a qube on Xen, however it came about.
#include "dom0-core/driver/xen/consoletail.h"
#include "dom0-core/driver/xen/xendriverprivate.h"
#include "dom0-core/driver/xen/xenlog.h"
#include "dom0-core/process/steps.h"

#include <format>
#include <utility>

namespace Bulkhead
{

void XenDriver::onStopped(DomId domain, ShutdownReason reason)
{
    auto *const qube = find(domain);
    if (qube == nullptr || qube->phase == XenQube::Phase::Ending) {
        return;
    }
    if (reason == ShutdownReason::Suspend) { // not its end
        logXen.info("{}: domain {} is suspended", qube->record.name.text(), domain.value());
        return;
    }
    qube->isCrashed = !qube->isKilled && (reason == ShutdownReason::Crash || reason == ShutdownReason::Watchdog);
    if (qube->isCrashed) {
        tellCrash(*qube);
    }
    beginEnd(*qube);
}

void XenDriver::onDied(DomId domain)
{
    auto *const qube = find(domain);
    if (qube == nullptr || qube->phase == XenQube::Phase::Ending) {
        return;
    }
    logXen.info("{}: domain {} is being destroyed by somebody else", qube->record.name.text(), domain.value());
    beginEnd(*qube);
}

void XenDriver::beginEnd(XenQube &qube)
{
    if (qube.phase == XenQube::Phase::Starting) {
        qube.isOver = true; // the chain of the start finds out and takes back what it did
        return;
    }
    qube.phase = XenQube::Phase::Ending;
    const auto name = qube.record.name;
    Q_EMIT stateChanged(qube.builtDomain(), DomainState::Dying);
    tearDown(name);
}

/// Removes all that there may be of a qube; nothing has to be there. A step that fails does not keep the next from
/// running.
void XenDriver::tearDown(const QubeName &name)
{
    auto &qube = *find(name);
    qube.phase = XenQube::Phase::Ending;
    Steps steps(Steps::OnFailure::GoOn);
    steps.add([this, uuid = qube.record.uuid](Done next) {
        removeDomains(uuid, std::move(next));
    });
    steps.add([this, name](Done next) {
        endQrexecDaemon(name, std::move(next));
    });
    steps.addNow([this, name] {
        return m_records.remove(name);
    });
    Steps::run(std::move(steps), [this, name](const Result<void> &outcome) {
        if (!outcome) {
            logXen.warning("{}: not all of it could be removed: {}", name.text(), outcome.error().text());
        }
        forget(name);
    });
}

/// Whatever has the qube's UUID, for that is never used again, and numbers are: also what a builder that died left.
void XenDriver::removeDomains(const std::string &uuid, Done done)
{
    const auto domains = m_toolstack->domains();
    if (!domains) {
        done(std::unexpected(domains.error()));
        return;
    }
    Steps steps(Steps::OnFailure::GoOn);
    for (const auto &domain : *domains) {
        if (domain.uuid == uuid) {
            steps.add([this, id = domain.id](Done next) {
                m_toolstack->destroy(id, std::move(next));
            });
        }
    }
    Steps::run(std::move(steps), std::move(done));
}

void XenDriver::endQrexecDaemon(const QubeName &name, Done done)
{
    if (!m_qrexecDaemons.has(name)) {
        done({});
        return;
    }
    m_qrexecDaemons.end(name, std::move(done));
}

void XenDriver::forget(const QubeName &name)
{
    const auto owned = m_qubes.extract(name);
    auto &qube = *owned.mapped();
    if (qube.isAnnounced) {
        logXen.info("{}: domain {} {}", name.text(), qube.builtDomain().value(), qube.isCrashed ? "crashed" : "ended");
        Q_EMIT ended(qube.builtDomain(), qube.isCrashed);
    }
    for (auto &done : qube.waitingForEnd) {
        done({});
    }
}

void XenDriver::tellCrash(const XenQube &qube) const
{
    const auto log = consoleLogOf(m_config.consoleLogs, qube.record.name);
    logXen.warning("{}: domain {} crashed; its console is in {}",
                   qube.record.name.text(),
                   qube.builtDomain().value(),
                   log.string());
    for (const auto &line : consoleTail(log)) {
        logXen.warning("{}: console: {}", qube.record.name.text(), line);
    }
}

} // namespace Bulkhead
