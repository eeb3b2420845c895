// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/localdriver.h"

#include "base/formatted.h"
#include "dom0-core/driver/local/localdriverprivate.h"
#include "dom0-core/driver/local/locallog.h"
#include "dom0-core/driver/local/processtree.h"
#include "dom0-core/driver/local/sandbox/processhandle.h"

#include <algorithm>
#include <chrono>
#include <csignal>

namespace Bulkhead
{

using namespace std::chrono_literals;

namespace
{

/// Counting a qube's memory reads a file per process; who asks more often gets the last figure again.
constexpr auto memoryFreshness = 5s;

} // namespace

Driver *makeLocalDriver(const LocalDriverConfig &config, QObject *parent)
{
    return new LocalDriver(config, parent);
}

LocalDriver::LocalDriver(LocalDriverConfig config, QObject *parent)
    : Driver(parent)
    , m_config(std::move(config))
    , m_units(m_config.runDirectory / "units")
    , m_counter(m_config.runDirectory / "last-domid")
    , m_supervisor(m_config.scanDirectory, this)
    , m_exchange(m_config.exchangeDirectory, this)
    , m_network(m_config.outsideNamespace, this)
{
}

LocalDriver::~LocalDriver() = default;

Result<std::vector<RunningDomain>> LocalDriver::adopt()
{
    m_units.removeUnfinished();
    std::vector<RunningDomain> running;
    for (const auto &config : m_units.all()) {
        if (!adoptOne(config)) {
            logLocal.info("{}: what is left of an earlier run is removed", config.name.text());
            tearDown(config.domain);
            continue;
        }
        const auto &qube = *m_qubes.at(config.domain);
        const auto state = qube.phase == LocalQube::Phase::Paused ? DomainState::Paused : DomainState::Running;
        running.push_back({.id = config.domain, .name = config.name, .uuid = config.uuid, .state = state});
    }
    leaveExchangeForOthers();
    return running;
}

/// A qube enters the exchange before anything else of it is written down: a start that was cut off there left that
/// only.
void LocalDriver::leaveExchangeForOthers()
{
    if (m_config.exchangeDirectory.empty()) {
        return;
    }
    for (const DomId domain : m_exchange.domains()) {
        if (domain != Dom0 && find(domain) == nullptr) {
            m_exchange.remove(domain, [domain](const Result<void> &removed) {
                if (!removed) {
                    logLocal.warning("domain {}: {}", domain.value(), removed.error().text());
                }
            });
        }
    }
}

/// Takes on a qube of an earlier run of the daemon. False: its start was never completed, or it has ended meanwhile.
bool LocalDriver::adoptOne(const SandboxConfig &config)
{
    auto &qube = *(m_qubes[config.domain] = std::make_unique<LocalQube>(LocalQube{.sandbox = config}));
    qube.inExchange = config.exchangeDirectory.has_value();
    qube.isSupervised = true;
    qube.hasQrexecDaemon = std::filesystem::exists(m_units.qrexecUnit(config.name));
    qube.link = m_units.readLink(config.name);
    qube.leadsOutside = m_units.isOutside(config.name);
    qube.isOutside = qube.leadsOutside && !qube.link;
    qube.disks = m_units.readDisks(config.name);
    if (!watchProcess1(config.domain) || !m_units.wasStarted(config.name)) {
        return false;
    }
    qube.phase = LocalQube::Phase::Running;
    qube.isAnnounced = true;
    if (m_units.isPaused(config.name)) {
        // Said again, for the daemon that was told to pause it may have died before all of it was stopped.
        if (const auto stopped = stopProcessTree(qube.process1.pid); !stopped) {
            logLocal.warning("{}: {}", config.name.text(), stopped.error().text());
        }
        qube.phase = LocalQube::Phase::Paused;
    }
    return true;
}

void LocalDriver::shutdown(DomId domain, Done done)
{
    const auto qube = live(domain);
    done(qube ? signalProcess((*qube)->pidfd, SIGTERM) : std::unexpected(qube.error()));
}

void LocalDriver::destroy(DomId domain, Done done)
{
    auto *const qube = find(domain);
    if (qube == nullptr || qube->phase == LocalQube::Phase::Starting) {
        done(fail(Errc::NotFound, formatted("there is no domain {}", domain.value())));
        return;
    }
    if (qube->phase != LocalQube::Phase::Ending) {
        qube->isKilled = true;
        if (auto killed = signalProcess(qube->pidfd, SIGKILL); !killed) {
            done(std::move(killed));
            return;
        }
    }
    qube->waitingForEnd.push_back(std::move(done));
}

void LocalDriver::pause(DomId domain, Done done)
{
    const auto qube = live(domain);
    if (!qube) {
        done(std::unexpected(qube.error()));
        return;
    }
    const auto &name = (*qube)->sandbox.name;
    if (auto noted = m_units.markPaused(name, true); !noted) {
        done(std::move(noted));
        return;
    }
    if (auto stopped = stopProcessTree((*qube)->process1.pid); !stopped) {
        const auto forgotten = m_units.markPaused(name, false);
        done(forgotten ? std::move(stopped) : forgotten);
        return;
    }
    (*qube)->phase = LocalQube::Phase::Paused;
    Q_EMIT stateChanged(domain, DomainState::Paused);
    done({});
}

void LocalDriver::unpause(DomId domain, Done done)
{
    const auto qube = live(domain);
    if (!qube) {
        done(std::unexpected(qube.error()));
        return;
    }
    auto continued = continueProcessTree((*qube)->process1.pid);
    if (continued) {
        continued = m_units.markPaused((*qube)->sandbox.name, false);
    }
    if (!continued) {
        done(std::move(continued));
        return;
    }
    (*qube)->phase = LocalQube::Phase::Running;
    Q_EMIT stateChanged(domain, DomainState::Running);
    done({});
}

void LocalDriver::attachNetwork(DomId domain, const NetworkLink &link, Done done)
{
    const auto qube = live(domain);
    const auto provider = live(link.providerDomain);
    if (!qube || !provider) {
        done(std::unexpected(!qube ? qube.error() : provider.error()));
        return;
    }
    if ((*qube)->link) {
        done(fail(Errc::InUse, formatted("{} is plugged in already", (*qube)->sandbox.name.text())));
        return;
    }
    // Noted before it is made, so that an end in between takes it back, of the qube or of us.
    (*qube)->link = PluggedLink::of(link);
    (*qube)->link->isMade = false;
    if (auto noted = m_units.writeLink((*qube)->sandbox.name, (*qube)->link); !noted) {
        (*qube)->link.reset();
        done(std::move(noted));
        return;
    }
    const auto finished = [this, domain](Result<void> made) -> Result<void> {
        auto *const plugged = find(domain);
        if (plugged == nullptr) {
            return made ? fail(Errc::NotFound, "the qube ended meanwhile") : std::move(made);
        }
        if (!made) {
            plugged->link.reset();
            auto noted = m_units.writeLink(plugged->sandbox.name, std::nullopt);
            return noted ? std::move(made) : std::move(noted);
        }
        plugged->link->isMade = true;
        return m_units.writeLink(plugged->sandbox.name, plugged->link);
    };
    m_network.attach((*qube)->network,
                     domain,
                     (*provider)->network,
                     link,
                     [finished, done = std::move(done)](Result<void> made) mutable {
                         done(finished(std::move(made)));
                     });
}

void LocalDriver::detachNetwork(DomId domain, Done done)
{
    const auto qube = live(domain);
    if (!qube) {
        done(std::unexpected(qube.error()));
        return;
    }
    if (!(*qube)->link) {
        detachOutside(domain, std::move(done));
        return;
    }
    m_network.detach((*qube)->network, [this, domain, done = std::move(done)](Result<void> removed) mutable {
        auto *const unplugged = find(domain);
        const bool mayBeMissing =
            unplugged != nullptr && unplugged->link && (!unplugged->link->isMade || !live(unplugged->link->provider));
        if (unplugged == nullptr || (!removed && !mayBeMissing)) {
            done(std::move(removed));
            return;
        }
        // The end of a provider takes its ends of all links with it, and so the other ends; and a link that an earlier
        // daemon was about to make was perhaps never there.
        takeFromNetwork(domain, [this, domain, done = std::move(done)](Result<void> taken) mutable {
            if (const auto *const left = find(domain); taken && left != nullptr) {
                taken = m_units.writeLink(left->sandbox.name, std::nullopt);
            }
            done(std::move(taken));
        });
    });
}

bool LocalDriver::isPluggedInto(DomId domain, std::optional<DomId> provider) const
{
    const auto *const qube = find(domain);
    if (qube == nullptr || !qube->link) {
        return qube != nullptr && !provider;
    }
    return qube->link->isMade && qube->link->provider == provider;
}

/// Devices cannot be given here: the demo's outside goes to whom a person marked.
bool LocalDriver::leadsOutside(const OutsideFacts &facts, std::optional<DomId> domain) const
{
    const auto *const qube = domain ? find(*domain) : nullptr;
    return qube == nullptr ? facts.providesNetwork && facts.isMarked : qube->leadsOutside;
}

void LocalDriver::attachOutside(DomId domain, const OutsideLink &link, Done done)
{
    const auto qube = live(domain);
    if (!qube) {
        done(std::unexpected(qube.error()));
        return;
    }
    if ((*qube)->link) {
        done(fail(Errc::InUse, formatted("{} is plugged in already", (*qube)->sandbox.name.text())));
        return;
    }
    if (!(*qube)->leadsOutside || (*qube)->isOutside) {
        done({});
        return;
    }
    m_network.connectOutside((*qube)->network,
                             domain,
                             link.address,
                             link.address6,
                             [this, domain, done = std::move(done)](Result<void> connected) mutable {
                                 auto *const found = find(domain);
                                 if (found != nullptr) {
                                     found->isOutside = connected.has_value();
                                 }
                                 done(std::move(connected));
                             });
}

void LocalDriver::detachOutside(DomId domain, Done done)
{
    auto &qube = *find(domain);
    if (!qube.isOutside) {
        done({});
        return;
    }
    m_network.detach(qube.network, [this, domain, done = std::move(done)](Result<void> removed) mutable {
        if (auto *const found = find(domain); found != nullptr && removed) {
            found->isOutside = false;
        }
        done(std::move(removed));
    });
}

std::optional<std::uint64_t> LocalDriver::memoryUsedKiB(DomId domain) const
{
    const auto found = live(domain);
    if (!found) {
        return std::nullopt;
    }
    auto &qube = **found;
    if (!qube.memoryKiB || qube.memoryAge.durationElapsed() > memoryFreshness) {
        qube.memoryKiB = memoryOfProcessTree(qube.process1.pid);
        qube.memoryAge.start();
    }
    return qube.memoryKiB;
}

LocalQube *LocalDriver::find(DomId domain) const
{
    const auto found = m_qubes.find(domain);
    return found == m_qubes.end() ? nullptr : found->second.get();
}

Result<LocalQube *> LocalDriver::live(DomId domain) const
{
    auto *const qube = find(domain);
    if (qube == nullptr || qube->phase == LocalQube::Phase::Starting || qube->phase == LocalQube::Phase::Ending) {
        return fail(Errc::NotFound, formatted("there is no running domain {}", domain.value()));
    }
    return qube;
}

bool LocalDriver::isNameTaken(const QubeName &name) const
{
    return std::ranges::any_of(m_qubes, [&](const auto &entry) {
        return entry.second->sandbox.name == name;
    });
}

} // namespace Bulkhead
