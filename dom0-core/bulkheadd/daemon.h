// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "dom0-core/adminapi/eventlog.h"
#include "dom0-core/adminapi/policypermissions.h"
#include "dom0-core/adminapi/server.h"
#include "dom0-core/adminapi/systeminfo.h"
#include "dom0-core/lifecycle/agentwatch.h"
#include "dom0-core/lifecycle/deferrednetvm.h"
#include "dom0-core/lifecycle/disposables.h"
#include "dom0-core/lifecycle/firewalleditor.h"
#include "dom0-core/lifecycle/hiddenaddresswatch.h"
#include "dom0-core/lifecycle/jobs.h"
#include "dom0-core/lifecycle/outsidewatch.h"
#include "dom0-core/lifecycle/preloader.h"
#include "dom0-core/lifecycle/propertyeditor.h"
#include "dom0-core/lifecycle/qubemaker.h"
#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/lifecycle/suspension.h"
#include "dom0-core/qubesdb/qtloop.h"
#include "dom0-core/qubesdb/service.h"
#include "qrexec/policy/live/livepolicy.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/eventloop.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Where the daemon's files lie.
struct DaemonPaths {
    std::filesystem::path run = "/run";                   ///< sockets
    std::filesystem::path state = "/var/lib/bulkhead";    ///< the store
    std::filesystem::path policy = "/etc/qubes/policy.d"; ///< what qubes may call
};

/// bulkheadd without its main(): store, life cycle and Admin API put together. Driver, pool, host and clock are handed
/// in, so that tests put fakes there.
class Daemon
{
public:
    /// What is handed in, and outlives the daemon.
    struct Parts {
        Driver &driver;
        Pool &pool;
        const HostFacts &host;
        const Clock &clock;
        QubeMaker::Random random;
        GuestServices &services;
        std::vector<PoolConfig> pools = {}; ///< those that are always there
        Backend *channels = nullptr;        ///< to qubes; null: there is no way to them
        Preloader::Pace preloadPace = {};
    };

    /// Loads the store, binds the sockets, takes over what runs and undoes what was interrupted. After this it only
    /// needs the event loop.
    /// @errors as Registry::open(), Server::listen() and Runner::adopt()
    [[nodiscard]] static Result<std::unique_ptr<Daemon>>
    start(const DaemonPaths &paths, Parts parts, AdminApi::Server::Options options);

    [[nodiscard]] Registry &registry() noexcept
    {
        return *m_registry;
    }

    [[nodiscard]] Runner &runner() noexcept
    {
        return m_runner;
    }

    [[nodiscard]] QubesDb::Service &databases() noexcept
    {
        return *m_databases;
    }

    [[nodiscard]] Jobs &jobs() noexcept
    {
        return m_jobs;
    }

    [[nodiscard]] AdminApi::Server &server() noexcept
    {
        return m_server;
    }

private:
    Daemon(std::unique_ptr<Registry> registry,
           std::unique_ptr<AdminApi::Poller> poller,
           const DaemonPaths &paths,
           Parts parts,
           AdminApi::Server::Options options);

    [[nodiscard]] std::optional<std::vector<QubesDb::Entry>> databaseEntries(Qid id, std::string_view tree) const;
    [[nodiscard]] Result<void> listen(const std::filesystem::path &run);
    [[nodiscard]] Result<void> watchPolicy(const DaemonPaths &paths, const Clock &clock);
    void beginWork();
    [[nodiscard]] const Policy::Rules *rules();
    [[nodiscard]] Result<void> openDatabases(const std::filesystem::path &directory,
                                             Backend *channels,
                                             const Clock &clock,
                                             QubeMaker::Random seeds);

    std::unique_ptr<Registry> m_registry;
    std::unique_ptr<AdminApi::Poller> m_poller;
    AgentWatch m_agents;
    Runner m_runner;
    QubeMaker m_maker;
    Disposables m_disposables;
    PropertyEditor m_editor;
    DeferredNetvm m_deferred;
    HiddenAddressWatch m_hidden;
    FirewallEditor m_firewall;
    Preloader m_preloader;
    Suspension m_suspension;
    VolumeEditor m_volumes;
    BlockDevices m_blocks;
    AssignmentEditor m_assignments;
    CloneOffers m_offers;
    PoolEditor m_pools;
    std::unique_ptr<EventLoop> m_policyLoop; ///< hears that policy files change
    std::unique_ptr<QtLoop> m_policyBridge;
    std::unique_ptr<Qrexec::LivePolicy> m_policy;
    AdminApi::PolicyPermissions m_permissions;
    AdminApi::EventLog m_log;
    Jobs m_jobs;
    AdminApi::SystemInfo m_systemInfo;
    OutsideWatch m_outside;
    AdminApi::Server m_server;
    std::unique_ptr<QubesDb::Service> m_databases; ///< after the server, so that events come before what they lead to
};

} // namespace Bulkhead
