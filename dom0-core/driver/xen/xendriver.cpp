// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/xendriver.h"

#include "base/formatted.h"
#include "dom0-core/driver/xen/consoleterminal.h"
#include "dom0-core/driver/xen/xendriverprivate.h"
#include "dom0-core/driver/xen/xenlog.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

/// Guests without an answer to a request are ended by who asked for it, so all that is left to do is to say so.
auto logLateAnswer(const QubeName &name)
{
    return [name](const Result<void> &answered) {
        if (!answered) {
            logXen.warning(
                "{}: the guest did not take the request to shut down: {}", name.text(), answered.error().text());
        }
    };
}

} // namespace

Driver *makeXenDriver(const XenDriverConfig &config, std::unique_ptr<Toolstack> toolstack, QObject *parent)
{
    return new XenDriver(config, std::move(toolstack), parent);
}

XenDriver::XenDriver(XenDriverConfig config, std::unique_ptr<Toolstack> toolstack, QObject *parent)
    : Driver(parent)
    , m_config(std::move(config))
    , m_records(m_config.runDirectory / "xen")
    , m_qrexecDaemons(m_config.supervisor,
                      {.units = m_config.runDirectory / "units", .scanDirectory = m_config.scanDirectory},
                      this)
    , m_toolstack(std::move(toolstack))
{
    connect(m_toolstack.get(), &Toolstack::stopped, this, &XenDriver::onStopped);
    connect(m_toolstack.get(), &Toolstack::died, this, &XenDriver::onDied);
}

XenDriver::~XenDriver() = default;

Result<std::vector<RunningDomain>> XenDriver::adopt()
{
    BH_TRY(const auto domains, m_toolstack->domains());
    std::vector<RunningDomain> running;
    for (const auto &record : m_records.all()) {
        if (!adoptOne(record, domains)) {
            logXen.info("{}: what is left of an earlier run is removed", record.name.text());
            tearDown(record.name);
            continue;
        }
        const auto &qube = *find(record.name);
        const auto state = qube.phase == XenQube::Phase::Paused ? DomainState::Paused : DomainState::Running;
        running.push_back({.id = qube.builtDomain(), .name = record.name, .uuid = record.uuid, .state = state});
    }
    return running;
}

/// Takes on a qube of an earlier run of the daemon. False: its start was never completed, or it has ended meanwhile.
/// Number and UUID must both fit: numbers are used again.
bool XenDriver::adoptOne(const RunRecord &record, const std::vector<XenDomain> &domains)
{
    auto &qube = *(m_qubes[record.name] = std::make_unique<XenQube>(XenQube{.record = record}));
    const auto found = std::ranges::find_if(domains, [&](const XenDomain &domain) {
        return domain.id == record.domain && domain.uuid == record.uuid;
    });
    if (found == domains.end() || found->isDying || found->shutdown) {
        return false;
    }
    qube.domain = found->id;
    if (!m_toolstack->watch(found->id)) {
        return false;
    }
    qube.disks = m_records.disks(record.name);
    qube.phase = found->isPaused ? XenQube::Phase::Paused : XenQube::Phase::Running;
    qube.isAnnounced = true;
    return true;
}

void XenDriver::shutdown(DomId domain, Done done)
{
    const auto qube = live(domain);
    if (!qube) {
        done(std::unexpected(qube.error()));
        return;
    }
    m_toolstack->requestShutdown(domain, logLateAnswer((*qube)->record.name));
    done({});
}

void XenDriver::destroy(DomId domain, Done done)
{
    auto *const qube = find(domain);
    if (qube == nullptr || qube->phase == XenQube::Phase::Starting) {
        done(fail(Errc::NotFound, formatted("there is no domain {}", domain.value())));
        return;
    }
    qube->waitingForEnd.push_back(std::move(done));
    if (qube->phase != XenQube::Phase::Ending) {
        qube->isKilled = true;
        beginEnd(*qube);
    }
}

void XenDriver::pause(DomId domain, Done done)
{
    const auto qube = live(domain);
    if (!qube) {
        done(std::unexpected(qube.error()));
        return;
    }
    if ((*qube)->phase == XenQube::Phase::Paused) { // Xen counts pauses, and each would need its own unpause
        done(fail(Errc::InUse, formatted("{} is paused already", (*qube)->record.name.text())));
        return;
    }
    m_toolstack->pause(domain, [this, domain, done = std::move(done)](Result<void> paused) mutable {
        if (auto now = live(domain); paused && now) {
            (*now)->phase = XenQube::Phase::Paused;
            Q_EMIT stateChanged(domain, DomainState::Paused);
        }
        done(std::move(paused));
    });
}

void XenDriver::unpause(DomId domain, Done done)
{
    const auto qube = live(domain);
    if (!qube) {
        done(std::unexpected(qube.error()));
        return;
    }
    if ((*qube)->phase != XenQube::Phase::Paused) {
        done(fail(Errc::InUse, formatted("{} is not paused", (*qube)->record.name.text())));
        return;
    }
    m_toolstack->unpause(domain, [this, domain, done = std::move(done)](Result<void> unpaused) mutable {
        if (auto now = live(domain); unpaused && now) {
            (*now)->phase = XenQube::Phase::Running;
            Q_EMIT stateChanged(domain, DomainState::Running);
        }
        done(std::move(unpaused));
    });
}

void XenDriver::attachNetwork(DomId domain, const NetworkLink &link, Done done)
{
    const auto qube = live(domain);
    const auto provider = live(link.providerDomain);
    if (!qube || !provider) {
        done(std::unexpected(!qube ? qube.error() : provider.error()));
        return;
    }
    auto &record = (*qube)->record;
    if (record.hasNic) {
        done(fail(Errc::InUse, formatted("{} is plugged in already", record.name.text())));
        return;
    }
    for (const auto &[key, value] : {std::pair{"ip", link.seenAddress()},
                                     std::pair{"ip6", link.address6},
                                     std::pair{"gateway", link.seenGateway()},
                                     std::pair{"prefix", std::to_string(link.visiblePrefix)}}) {
        if (auto told = m_toolstack->tell(domain, key, value); !told) { // it looks there once its interface appears
            done(std::move(told));
            return;
        }
    }
    record.hasNic = true; // noted before it is made, so that who unplugs meanwhile, or after our death, takes it back
    if (auto noted = m_records.write(record); !noted) {
        record.hasNic = false;
        done(std::move(noted));
        return;
    }
    const OrderedNic nic{.mac = link.mac, .address = link.address, .backend = link.provider, .address6 = link.address6};
    m_toolstack->attachNic(domain, nic, [this, domain, done = std::move(done)](Result<void> made) mutable {
        auto *const plugged = find(domain);
        if (plugged == nullptr) {
            done(made ? fail(Errc::NotFound, "the qube ended meanwhile") : std::move(made));
            return;
        }
        plugged->record.hasNic = made.has_value();
        auto kept = m_records.write(plugged->record);
        done(made ? std::move(kept) : std::move(made));
    });
}

void XenDriver::detachNetwork(DomId domain, Done done)
{
    const auto qube = live(domain);
    if (!qube) {
        done(std::unexpected(qube.error()));
        return;
    }
    if (!(*qube)->record.hasNic) {
        done({});
        return;
    }
    m_toolstack->detachNic(domain, [this, domain, done = std::move(done)](Result<void> removed) mutable {
        if (auto *const unplugged = find(domain); removed && unplugged != nullptr) {
            unplugged->record.hasNic = false;
            removed = m_records.write(unplugged->record);
        }
        done(std::move(removed));
    });
}

bool XenDriver::isPluggedInto(DomId domain, std::optional<DomId> provider) const
{
    const auto qube = live(domain);
    return qube && (*qube)->record.hasNic == provider.has_value();
}

Result<std::filesystem::path> XenDriver::consoleTerminal(DomId domain) const
{
    BH_CHECK(live(domain));
    BH_TRY(const std::string text, m_toolstack->consoleTerminal(domain));
    BH_TRY(auto terminal, parseConsoleTerminal(text));
    if (const auto group = groupOf(m_config.consoleGroup)) {
        BH_CHECK(lendTerminal(terminal, *group));
    }
    return terminal;
}

std::optional<std::uint64_t> XenDriver::memoryUsedKiB(DomId domain) const
{
    return live(domain) ? m_toolstack->memoryKiB(domain) : std::nullopt;
}

std::optional<std::chrono::nanoseconds> XenDriver::cpuTime(DomId domain) const
{
    return live(domain) ? m_toolstack->cpuTime(domain) : std::nullopt;
}

XenQube *XenDriver::find(const QubeName &name) const
{
    const auto found = m_qubes.find(name);
    return found == m_qubes.end() ? nullptr : found->second.get();
}

XenQube *XenDriver::find(DomId domain) const
{
    const auto found = std::ranges::find_if(m_qubes, [&](const auto &entry) {
        return entry.second->domain == domain;
    });
    return found == m_qubes.end() ? nullptr : found->second.get();
}

Result<XenQube *> XenDriver::live(DomId domain) const
{
    auto *const qube = find(domain);
    if (qube == nullptr || qube->phase == XenQube::Phase::Starting || qube->phase == XenQube::Phase::Ending) {
        return fail(Errc::NotFound, formatted("there is no running domain {}", domain.value()));
    }
    return qube;
}

} // namespace Bulkhead
