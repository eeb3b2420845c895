// SPDX-License-Identifier: GPL-2.0-or-later
// The start of a qube on the local driver. One function a step, in the order in which they run.
#include "base/formatted.h"
#include "dom0-core/driver/local/localdriverprivate.h"
#include "dom0-core/driver/local/locallog.h"
#include "dom0-core/driver/local/memoryinfo.h"
#include "dom0-core/driver/local/sandbox/processhandle.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"
#include "dom0-core/storage/rootchanges.h"

namespace Bulkhead
{

void LocalDriver::start(const DomainConfig &config, Started done)
{
    auto planned = plan(config);
    if (!planned) {
        done(std::unexpected(std::move(planned).error()));
        return;
    }
    const DomId domain = planned->domain;
    m_qubes.emplace(domain, std::make_unique<LocalQube>(LocalQube{.sandbox = *std::move(planned)}));

    Steps steps;
    steps.add([this, domain](Done next) {
        enterExchange(domain, std::move(next));
    });
    steps.add([this, domain](Done next) {
        makeSandbox(domain, std::move(next));
    });
    steps.addNow([this, domain] {
        return watchProcess1(domain);
    });
    steps.add([this, domain, config](Done next) {
        makeNetwork(domain, config, std::move(next));
    });
    steps.add([this, domain](Done next) {
        startQrexecDaemon(domain, std::move(next));
    });
    steps.addNow([this, domain] {
        return completeStart(domain);
    });
    Steps::run(std::move(steps), [this, domain, done = std::move(done)](Result<void> outcome) mutable {
        if (outcome) {
            done(domain);
            return;
        }
        auto *const qube = find(domain);
        BH_ASSERT(qube != nullptr); // only its own teardown forgets it, and that begins here
        qube->waitingForEnd.emplace_back(
            [error = std::move(outcome).error(), done = std::move(done)](Result<void>) mutable {
                done(std::unexpected(std::move(error)));
            });
        tearDown(domain);
    });
}

Result<SandboxConfig> LocalDriver::plan(const DomainConfig &config) const
{
    if (isNameTaken(config.name)) {
        return fail(Errc::InUse, formatted("{} runs or is still ending", config.name.text()));
    }
    BH_CHECK(checkMemory(config.memoryMiB));
    BH_TRY(const auto uidMap, readSmallFile("/proc/self/uid_map"));
    BH_TRY(const auto domain, m_counter.take());

    SandboxConfig sandbox{.name = config.name};
    sandbox.domain = domain;
    sandbox.uuid = config.uuid;
    BH_TRY(sandbox.ids, idMappingFor(domain, uidMap));
    sandbox.memoryMiB = config.memoryMiB;
    sandbox.layers.push_back(config.root.path);
    if (config.root.writable) {
        sandbox.changes = rootChangesOf(config.root.path);
    }
    if (std::filesystem::is_directory(m_config.guestTree)) {
        sandbox.layers.push_back(m_config.guestTree);
    }
    if (config.privateVolume) {
        sandbox.privateVolume = config.privateVolume->path;
    }
    if (!m_config.exchangeDirectory.empty()) {
        sandbox.exchangeDirectory = m_exchange.directoryOf(domain);
    }
    sandbox.init = m_config.guestInit;
    sandbox.networked = !config.address.empty();
    sandbox.forwards = config.providesNetwork;
    return sandbox;
}

void LocalDriver::enterExchange(DomId domain, Done done)
{
    auto &qube = *find(domain);
    if (!qube.sandbox.exchangeDirectory) {
        done({});
        return;
    }
    qube.inExchange = true; // also when the answer is lost: it is asked to forget the domain then
    m_exchange.add(domain, std::move(done));
}

void LocalDriver::makeSandbox(DomId domain, Done done)
{
    auto &qube = *find(domain);
    const auto unit = m_units.qubeUnit(qube.sandbox.name);
    if (auto written = m_units.writeQubeUnit(m_config.sandboxProgram, qube.sandbox); !written) {
        done(std::move(written));
        return;
    }
    qube.isSupervised = true;
    Steps steps;
    steps.add([this, unit](Done next) {
        m_supervisor.link(unit, std::move(next));
    });
    steps.add([this, unit](Done next) {
        m_supervisor.bringUp(unit, std::move(next));
    });
    Steps::run(std::move(steps),
               [this, name = qube.sandbox.name, done = std::move(done)](Result<void> outcome) mutable {
                   // The sandbox knows better than the supervisor what went wrong.
                   if (auto why = m_units.whyItFailed(name); !outcome && why) {
                       done(fail(Errc::Driver, *std::move(why)));
                       return;
                   }
                   done(std::move(outcome));
               });
}

Result<void> LocalDriver::watchProcess1(DomId domain)
{
    auto &qube = *find(domain);
    BH_TRY(const auto text, readSmallFile(m_units.qubeUnit(qube.sandbox.name) / UnitFile::Process1));
    BH_TRY(qube.process1, ProcessIdentity::parse(text));
    BH_TRY(qube.pidfd, openProcess(qube.process1));
    BH_TRY(qube.network, NetworkNamespace::of(qube.process1.pid));
    qube.endNotifier = std::make_unique<QSocketNotifier>(qube.pidfd.get(), QSocketNotifier::Read);
    connect(qube.endNotifier.get(), &QSocketNotifier::activated, this, [this, domain] {
        onProcess1Ended(domain);
    });
    return {};
}

void LocalDriver::makeNetwork(DomId domain, const DomainConfig &config, Done done)
{
    Steps steps;
    if (config.providesNetwork) {
        steps.add([this, domain](Done next) {
            m_network.prepareProvider(find(domain)->network, std::move(next));
        });
    }
    auto &starting = *find(domain);
    starting.leadsOutside = leadsOutside(config.outside, std::nullopt);
    starting.isOutside = starting.leadsOutside && !config.network;
    if (starting.leadsOutside) {
        steps.addNow([this, name = config.name] {
            return m_units.markOutside(name);
        });
    }
    if (starting.isOutside) {
        steps.add([this, domain, address = config.address, address6 = config.address6](Done next) {
            m_network.connectOutside(find(domain)->network, domain, address, address6, std::move(next));
        });
    }
    if (config.network) {
        steps.add([this, domain, link = *config.network](Done next) {
            const auto provider = live(link.providerDomain);
            if (!provider) {
                next(std::unexpected(Error(provider.error()).in("the net qube")));
                return;
            }
            auto &qube = *find(domain);
            qube.link = PluggedLink::of(link);
            m_network.attach(qube.network, domain, (*provider)->network, link, std::move(next));
        });
    }
    Steps::run(std::move(steps), std::move(done));
}

void LocalDriver::startQrexecDaemon(DomId domain, Done done)
{
    auto &qube = *find(domain);
    if (m_config.qrexecDaemon.empty()) {
        done({});
        return;
    }
    const bool usersDiffer = qube.sandbox.ids.mode != IdMode::Single;
    if (auto written = m_units.writeQrexecUnit(
            m_config.qrexecDaemon, qube.sandbox, usersDiffer ? m_config.desktopUser : std::string());
        !written) {
        done(std::move(written));
        return;
    }
    qube.hasQrexecDaemon = true;
    m_supervisor.link(m_units.qrexecUnit(qube.sandbox.name), std::move(done));
}

Result<void> LocalDriver::completeStart(DomId domain)
{
    auto &qube = *find(domain);
    if (qube.phase == LocalQube::Phase::Ending) {
        return fail(Errc::Driver, formatted("{} ended while it was being started", qube.sandbox.name.text()));
    }
    if (qube.link) {
        BH_CHECK(m_units.writeLink(qube.sandbox.name, qube.link));
    }
    BH_CHECK(m_units.markStarted(qube.sandbox.name));
    qube.phase = LocalQube::Phase::Running;
    qube.isAnnounced = true;
    logLocal.info("{}: runs as domain {}", qube.sandbox.name.text(), domain.value());
    return {};
}

} // namespace Bulkhead
