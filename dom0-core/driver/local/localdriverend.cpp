// SPDX-License-Identifier: GPL-2.0-or-later
// The end of a qube on the local driver, however it came about.
#include "dom0-core/driver/local/localdriverprivate.h"
#include "dom0-core/driver/local/locallog.h"

#include <utility>

namespace Bulkhead
{

void LocalDriver::onProcess1Ended(DomId domain)
{
    auto &qube = *find(domain);
    qube.endNotifier->setEnabled(false);
    if (std::exchange(qube.phase, LocalQube::Phase::Ending) == LocalQube::Phase::Starting) {
        return; // the chain of the start finds out and takes back what it did
    }
    if (qube.isAnnounced) {
        Q_EMIT stateChanged(domain, DomainState::Dying);
    }
    tearDown(domain);
}

/// Removes all that there may be of a qube; nothing has to be there. A step that fails does not keep the next from
/// running.
void LocalDriver::tearDown(DomId domain)
{
    auto &qube = *find(domain);
    qube.phase = LocalQube::Phase::Ending;
    if (qube.endNotifier) {
        qube.endNotifier->setEnabled(false);
    }
    Steps steps(Steps::OnFailure::GoOn);
    steps.add([this, domain](Done next) {
        endUnits(domain, std::move(next));
    });
    steps.add([this, domain](Done next) {
        takeFromNetwork(domain, std::move(next));
    });
    steps.add([this, domain](Done next) {
        leaveExchange(domain, std::move(next));
    });
    Steps::run(std::move(steps), [this, domain](Result<void> outcome) {
        if (!outcome) {
            logLocal.warning(
                "{}: not all of it could be removed: {}", find(domain)->sandbox.name.text(), outcome.error().text());
        }
        forget(domain);
    });
}

void LocalDriver::endUnits(DomId domain, Done done)
{
    auto &qube = *find(domain);
    Steps steps(Steps::OnFailure::GoOn);
    if (std::exchange(qube.hasQrexecDaemon, false)) {
        steps.add([this, unit = m_units.qrexecUnit(qube.sandbox.name)](Done next) {
            m_supervisor.end(unit, std::move(next));
        });
    }
    if (std::exchange(qube.isSupervised, false)) {
        steps.add([this, unit = m_units.qubeUnit(qube.sandbox.name)](Done next) {
            m_supervisor.end(unit, std::move(next));
        });
    }
    Steps::run(std::move(steps), std::move(done));
}

/// A link goes with the namespace of either end; what stays is the client's entry in its provider's rules.
void LocalDriver::takeFromNetwork(DomId domain, Done done)
{
    auto &qube = *find(domain);
    if (qube.phase == LocalQube::Phase::Ending) {
        qube.network = {};
    }
    const auto link = std::exchange(qube.link, std::nullopt);
    if (!link) {
        done({});
        return;
    }
    const auto provider = live(link->provider);
    if (!provider) {
        done({});
        return;
    }
    m_network.expel((*provider)->network, domain, *link, std::move(done));
}

void LocalDriver::leaveExchange(DomId domain, Done done)
{
    if (!std::exchange(find(domain)->inExchange, false)) {
        done({});
        return;
    }
    m_exchange.remove(domain, std::move(done));
}

void LocalDriver::forget(DomId domain)
{
    const auto owned = m_qubes.extract(domain);
    auto &qube = *owned.mapped();
    const auto crash = qube.isKilled ? std::nullopt : m_units.howItCrashed(qube.sandbox.name);
    if (auto removed = m_units.remove(qube.sandbox.name); !removed) {
        logLocal.warning("{}: {}", qube.sandbox.name.text(), removed.error().text());
    }
    if (qube.isAnnounced) {
        if (crash) {
            logLocal.warning("{}: domain {} crashed: {}", qube.sandbox.name.text(), domain.value(), *crash);
        } else {
            logLocal.info("{}: domain {} ended", qube.sandbox.name.text(), domain.value());
        }
        Q_EMIT ended(domain, crash.has_value());
    }
    for (auto &done : qube.waitingForEnd) {
        done({});
    }
}

} // namespace Bulkhead
