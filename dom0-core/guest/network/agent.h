// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/clienttable.h"
#include "dom0-core/guest/network/filewatch.h"
#include "dom0-core/guest/network/interfaces.h"
#include "dom0-core/guest/network/keywatch.h"
#include "dom0-core/guest/network/names.h"
#include "dom0-core/guest/network/programrun.h"
#include "dom0-core/guest/network/retelling.h"
#include "dom0-core/guest/network/torgateway.h"
#include "dom0-core/guest/network/trafficmeter.h"
#include "dom0-core/guest/network/tunnel.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace Bulkhead::GuestNetwork
{

/// Keeps a qube's network as dom0 says in QubesDB: its own address, and in a net qube the filter of its clients. What
/// is in force stays in force when the agent ends; where nothing is in force, nothing is forwarded.
/// @source spec qubesdb, 4.2, 4.3 and 6; qube-model, 10
class Agent
{
public:
    struct Options {
        std::string socket = "/run/qubes/qubesdb.sock";
        std::string ip = "/usr/sbin/ip";
        std::string nft = "/usr/sbin/nft";
        std::string vifScript = "/usr/lib/bulkhead/vif-bulkhead";
        std::filesystem::path resolver = "/etc/resolv.conf";
        Tunnel::Options tunnel = {};
        TorGateway::Options tor = {};
    };

    /// @param loop  outlives the agent; quit() is called with 1 when QubesDB goes away
    /// @errors NotFound (QubesDB does not run), Io
    [[nodiscard]] static Result<std::unique_ptr<Agent>> start(EventLoop &loop, Options options);

private:
    Agent(EventLoop &loop, Options options);

    void onChanged(const std::string &path);
    void onRead(const std::string &asked, Keys found);
    void takeSettings();

    void configureUplink();
    void writeResolver();
    void keepTunnel();
    void keepTor();
    void keepTraffic();

    [[nodiscard]] Firewall::FilterPlan plan() const;
    void takeMapped(Keys mapped);
    void applyFilter();
    void onFilterApplied(const Result<std::string> &outcome);
    void tellHandled();

    EventLoop &m_loop;
    Options m_options;
    std::unique_ptr<KeyWatch> m_keys;
    std::optional<InterfaceWatch> m_interfaces;
    std::optional<FileWatch> m_resolverFile;
    Keys m_values; ///< those of SettingKeys
    Keys m_mapped; ///< those below MappedTree
    Retelling m_retelling;
    Settings m_settings;
    ClientTable m_table;
    Names m_names;

    std::pair<std::optional<Interface>, std::string> m_configured; ///< interface and commands that were run last
    std::unique_ptr<ProgramRun> m_uplinkRun;
    std::unique_ptr<ProgramRun> m_filterRun;
    std::unique_ptr<Tunnel> m_tunnel;        ///< only while dom0 says that this qube holds one
    std::unique_ptr<TorGateway> m_tor;       ///< only while dom0 says that this qube is Tor's
    std::unique_ptr<TrafficMeter> m_traffic; ///< only while dom0 wants to know
    std::string m_wantedFilter;              ///< what is being applied, or was last
    bool m_filterIsStale = false;            ///< it must be made again once the run has ended
    EventLoop::Handle m_retry;
    std::map<Firewall::Network, Firewall::Rules> m_applying; ///< clients' rules in m_wantedFilter
    std::map<Firewall::Network, Firewall::Rules> m_handled;  ///< clients' rules that are in force
    std::uint64_t m_applied = 0;
};

} // namespace Bulkhead::GuestNetwork
