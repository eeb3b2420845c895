// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/daemon.h"

#include "dom0-core/adminapi/jobtext.h"
#include "dom0-core/bulkheadd/rundirectory.h"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <functional>

namespace Bulkhead
{

using AdminApi::Access;

namespace
{

/// A number that no other life of the daemon has.
std::uint64_t lifeOf(const std::array<std::byte, 16> &random)
{
    std::uint64_t life = 0;
    std::memcpy(&life, random.data(), sizeof(life));
    return life;
}

} // namespace

Daemon::Daemon(std::unique_ptr<Registry> registry,
               std::unique_ptr<AdminApi::Poller> poller,
               const DaemonPaths &paths,
               Parts parts,
               AdminApi::Server::Options options)
    : m_registry(std::move(registry))
    , m_poller(std::move(poller))
    , m_agents(paths.run / "qubes")
    , m_runner(*m_registry, parts.driver, parts.pool, m_agents)
    , m_maker(*m_registry, m_runner, parts.pool, parts.random, parts.clock)
    , m_disposables(*m_registry, m_runner, m_maker)
    , m_editor(*m_registry, m_runner)
    , m_deferred(*m_registry, m_runner, m_editor, parts.services)
    , m_hidden(*m_registry, m_runner)
    , m_firewall(*m_registry)
    , m_preloader({.registry = *m_registry,
                   .runner = m_runner,
                   .maker = m_maker,
                   .editor = m_editor,
                   .disposables = m_disposables,
                   .services = parts.services},
                  parts.preloadPace)
    , m_suspension({.registry = *m_registry, .runner = m_runner, .preloader = m_preloader, .services = parts.services},
                   paths.run / "qubes" / "previously-paused.list")
    , m_volumes(*m_registry, m_runner, parts.pool, parts.services)
    , m_blocks(*m_registry, m_runner, parts.driver)
    , m_assignments(*m_registry)
    , m_offers(parts.random)
    , m_pools(*m_registry, parts.pool)
    , m_permissions(*m_registry,
                    [this] {
                        return rules();
                    })
    , m_log(*m_registry, lifeOf(parts.random()))
    , m_systemInfo(*m_registry)
    , m_outside(*m_registry, parts.driver)
    , m_server({.registry = *m_registry,
                .runner = m_runner,
                .maker = m_maker,
                .preloader = m_preloader,
                .suspension = m_suspension,
                .editor = m_editor,
                .firewall = m_firewall,
                .volumes = m_volumes,
                .blocks = m_blocks,
                .assignments = m_assignments,
                .offers = m_offers,
                .pools = m_pools,
                .driver = parts.driver,
                .outside = m_outside,
                .permissions = m_permissions,
                .log = m_log,
                .jobs = m_jobs,
                .systemInfo = m_systemInfo,
                .databaseEntries = std::bind_front(&Daemon::databaseEntries, this),
                .countTraffic =
                    [this](std::optional<std::chrono::seconds> every) {
                        m_databases->setTrafficInterval(every); // nobody can listen before there are any
                    }},
               *m_poller,
               parts.clock,
               options)
{
    QObject::connect(&m_jobs, &Jobs::changed, &m_log, [this](const Job &job) {
        m_log.add(AdminApi::jobEvent(job));
    });
}

Result<std::unique_ptr<Daemon>> Daemon::start(const DaemonPaths &paths, Parts parts, AdminApi::Server::Options options)
{
    BH_CHECK(makeRunDirectories(paths.run));
    BH_CHECK(makeStateDirectory(paths.state));
    BH_TRY(auto registry, Registry::open(paths.state / "store.sqlite", parts.host));
    BH_TRY(auto poller, AdminApi::Poller::create());
    Backend *const channels = parts.channels;
    const Clock &clock = parts.clock;
    QubeMaker::Random seeds = parts.random;
    const std::vector<PoolConfig> pools = parts.pools;
    auto daemon =
        std::unique_ptr<Daemon>(new Daemon(std::move(registry), std::move(poller), paths, std::move(parts), options));
    // Bound before anything is touched: if another daemon listens, this one has done nothing. Nobody is accepted before
    // the event loop runs.
    BH_CHECK(daemon->listen(paths.run));
    BH_CHECK(daemon->watchPolicy(paths, clock));
    if (auto ensured = daemon->m_pools.ensure(pools); !ensured) {
        return fail(Errc::Io, ensured.error().message);
    }
    BH_CHECK(daemon->m_runner.adopt());
    BH_CHECK(daemon->openDatabases(paths.run / "qubes", channels, clock, std::move(seeds)));
    daemon->beginWork();
    return daemon;
}

/// What the daemon does of itself, once it knows what runs.
void Daemon::beginWork()
{
    m_outside.begin();
    m_maker.finishInterrupted();
    m_firewall.removeExpired();
    m_disposables.removeLeftOver();
    m_preloader.begin();
}

Result<void> Daemon::watchPolicy(const DaemonPaths &paths, const Clock &clock)
{
    BH_TRY(m_policyLoop, EventLoop::create(clock));
    m_policyBridge = std::make_unique<QtLoop>(*m_policyLoop);
    Policy::PolicyPaths files;
    files.directories = {paths.run / "qubes" / "policy.d", paths.policy};
    BH_TRY(m_policy, Qrexec::LivePolicy::create(*m_policyLoop, std::move(files), ::geteuid()));
    return {};
}

const Policy::Rules *Daemon::rules()
{
    const auto &policy = m_policy->current();
    return policy ? &policy->rules : nullptr;
}

Result<void> Daemon::openDatabases(const std::filesystem::path &directory,
                                   Backend *channels,
                                   const Clock &clock,
                                   QubeMaker::Random seeds)
{
    BH_TRY(m_databases,
           QubesDb::Service::create({.registry = *m_registry,
                                     .runner = m_runner,
                                     .clock = clock,
                                     .backend = channels,
                                     .random = std::move(seeds),
                                     .directory = directory}));
    QObject::connect(m_databases.get(),
                     &QubesDb::Service::trafficWritten,
                     &m_server.traffic(),
                     &AdminApi::TrafficStreams::onWritten);
    BH_CHECK(m_databases->adopt());
    m_blocks.setSource([this](Qid id) {
        const QubesDb::Database *const database = m_databases->databaseOf(id);
        return database == nullptr
            ? std::vector<BlockDevice>()
            : blockDevicesFrom(QubesDb::blockDevicesIn(database->copyOf("/qubes-block-devices/")));
    });
    m_blocks.adopt();
    return {};
}

std::optional<std::vector<QubesDb::Entry>> Daemon::databaseEntries(Qid id, std::string_view tree) const
{
    const QubesDb::Database *const database = m_databases == nullptr ? nullptr : m_databases->databaseOf(id);
    return database == nullptr ? std::nullopt : std::optional(database->copyOf(tree));
}

Result<void> Daemon::listen(const std::filesystem::path &run)
{
    BH_CHECK(m_server.listen(run / "qubesd.sock", Access::Group, AdminApi::adminMethods()));
    BH_CHECK(m_server.listen(run / "qubesd.internal.sock", Access::Group, AdminApi::internalMethods()));
    BH_CHECK(m_server.listen(run / "qubesd.misc.sock", Access::Group, AdminApi::miscMethods()));
    return m_server.listen(run / "bulkhead" / "core.sock", Access::Group, AdminApi::coreMethods());
}

} // namespace Bulkhead
