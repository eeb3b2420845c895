// SPDX-License-Identifier: GPL-2.0-or-later
// How the runner plugs qubes that run into their net qubes, and out of them. Spec qube-model, 10.1.
#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/lifecycle/domainconfig.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"

#include <QTimer>

#include <chrono>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.lifecycle");

/// A plug that failed while nobody waited for it is tried again: a driver under load runs out of time now and then. The
/// pauses double; whoever then still has no network has a lasting reason.
constexpr std::chrono::seconds FirstRetry{1};
constexpr int MostRetries = 5;

} // namespace

/// Whether a running qube is plugged in otherwise than the model says. One that is paused can neither lose nor gain an
/// interface: it is when it goes on.
bool Runner::isAstray(const Qube &qube) const
{
    if (qube.id == Dom0Qid || !qube.run.domain || qube.run.power == PowerState::Paused) {
        return false;
    }
    const Qube *const provider = netvmOf(m_registry.model(), qube);
    return !m_driver.isPluggedInto(*qube.run.domain, provider == nullptr ? std::nullopt : provider->run.domain);
}

void Runner::replugAdopted()
{
    std::vector<Qid> astray;
    for (const auto &[id, qube] : m_registry.model().qubes()) {
        if (isAstray(qube)) {
            astray.push_back(id);
        }
    }
    for (const Qid id : astray) {
        replugIfAstray(id);
    }
}

void Runner::replugIfAstray(Qid id, int triedBefore)
{
    m_plugs.acquire(id, [this, id, triedBefore](QubeLock::Hold hold) { // after who is at it already
        const Qube *const qube = m_registry.model().find(id);
        if (qube == nullptr || !isAstray(*qube)) {
            return;
        }
        replugHeld(id, std::move(hold), [this, id, triedBefore, name = qube->name](const Checked<void> &plugged) {
            if (!plugged) {
                Log.warning("{}: {}", name.text(), plugged.error().message);
                retryLater(id, triedBefore);
            }
        });
    });
}

void Runner::retryLater(Qid id, int triedBefore)
{
    if (triedBefore == MostRetries) {
        return;
    }
    QTimer::singleShot(FirstRetry * (1 << triedBefore), this, [this, id, triedBefore] {
        replugIfAstray(id, triedBefore + 1); // unless somebody has plugged it in, or it has gone
    });
}

void Runner::detachClients(const Qube &provider)
{
    for (const Qube *const client : clientsOf(m_registry.model(), provider)) {
        if (!client->run.domain) {
            continue;
        }
        m_driver.detachNetwork(*client->run.domain, [name = client->name](const Result<void> &detached) {
            if (!detached) {
                Log.warning("{}: could not be unplugged: {}", name.text(), detached.error().text());
            }
        });
    }
}

void Runner::reattachClients(const Qube &provider)
{
    for (const Qube *const client : clientsOf(m_registry.model(), provider)) {
        if (!client->run.domain || client->run.power == PowerState::Paused) {
            continue;
        }
        replug(client->id, [this, id = client->id, name = client->name](const Checked<void> &plugged) {
            if (!plugged) {
                Log.warning("{}: could not be plugged in again: {}", name.text(), plugged.error().message);
                retryLater(id, 0);
            }
        });
    }
}

void Runner::replug(Qid id, Done done)
{
    m_plugs.acquire(id, [this, id, done = std::move(done)](QubeLock::Hold hold) mutable {
        replugHeld(id, std::move(hold), std::move(done));
    });
}

void Runner::replugHeld(Qid id, QubeLock::Hold hold, Done done)
{
    unplug(id, [this, id, hold = std::move(hold), done = std::move(done)](Checked<void> unplugged) mutable {
        if (!unplugged) {
            done(std::move(unplugged));
            return;
        }
        plug(id, [hold = std::move(hold), done = std::move(done)](Checked<void> plugged) mutable {
            done(std::move(plugged));
        });
    });
}

void Runner::unplug(Qid id, Done done)
{
    const Qube *const qube = m_registry.model().find(id);
    if (qube == nullptr || !qube->run.domain) {
        done({});
        return;
    }
    m_driver.detachNetwork(
        *qube->run.domain, [name = qube->name, done = std::move(done)](const Result<void> &detached) mutable {
            if (!detached && detached.error().code != Errc::NotFound) {
                done(refuse(RefusalKind::QubeState,
                            formatted("{} could not be unplugged: {}.", name.text(), detached.error().text())));
                return;
            }
            done({});
        });
}

void Runner::plug(Qid id, Done done)
{
    const Qube *const qube = m_registry.model().find(id);
    const auto link = qube == nullptr ? std::nullopt : networkLinkOf(m_registry.model(), *qube);
    if (qube != nullptr && qube->run.domain && netvmOf(m_registry.model(), *qube) == nullptr) {
        m_driver.attachOutside(*qube->run.domain,
                               {.address = ownAddressOf(m_registry.model(), *qube),
                                .address6 = readText(m_registry.model(), *qube, "ip6")},
                               [name = qube->name, done = std::move(done)](const Result<void> &attached) mutable {
                                   if (!attached) {
                                       done(refuse(RefusalKind::QubeState,
                                                   formatted("{} could not be connected to the outside: {}.",
                                                             name.text(),
                                                             attached.error().text())));
                                       return;
                                   }
                                   done({});
                               });
        return;
    }
    if (!link || !qube->run.domain) {
        done({});
        return;
    }
    Q_EMIT aboutToPlug(id);
    m_driver.attachNetwork(
        *qube->run.domain,
        *link,
        [this, id, link, name = qube->name, done = std::move(done)](const Result<void> &attached) mutable {
            if (!attached) {
                done(refuse(RefusalKind::QubeState,
                            formatted("{} could not be plugged into {}: {}.",
                                      name.text(),
                                      link->provider.text(),
                                      attached.error().text())));
                return;
            }
            const Qube *const client = m_registry.model().find(id);
            if (const Qube *const provider = m_registry.model().find(link->provider.text());
                provider != nullptr && client != nullptr) {
                announce(*provider, "net-domain-connect", {{"vm", client->name.text()}});
            }
            done({});
        });
}

} // namespace Bulkhead
