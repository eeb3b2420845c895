// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/agent.h"

#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/guest/network/textfile.h"
#include "dom0-core/guest/network/uplinkplan.h"

#include <algorithm>
#include <ranges>

namespace Bulkhead::GuestNetwork
{

namespace
{

constexpr LogCategory Log("bulkhead.network.agent");

constexpr auto RetryDelay = std::chrono::seconds(5);
constexpr std::string_view FirewallRoot = "/qubes-firewall/";
/// Bytes of a resolv.conf that are read; one of a kilobyte is long.
constexpr std::size_t MaxResolver = 65536;

Keys below(std::string_view tree, const Keys &keys)
{
    Keys found;
    for (auto entry = keys.lower_bound(tree); entry != keys.end() && entry->first.starts_with(tree); ++entry) {
        found.insert(*entry);
    }
    return found;
}

bool isSetting(std::string_view path)
{
    return std::ranges::contains(SettingKeys, path);
}

} // namespace

Agent::Agent(EventLoop &loop, Options options)
    : m_loop(loop)
    , m_options(std::move(options))
    , m_retelling(loop, m_options.vifScript)
    , m_names(loop, [this] {
        applyFilter();
    })
{
}

Result<std::unique_ptr<Agent>> Agent::start(EventLoop &loop, Options options)
{
    auto agent = std::unique_ptr<Agent>(new Agent(loop, std::move(options)));
    Agent &self = *agent;
    BH_TRY(self.m_keys,
           KeyWatch::connect(loop,
                             self.m_options.socket,
                             {.onChanged =
                                  [&self](const std::string &path) {
                                      self.onChanged(path);
                                  },
                              .onRead =
                                  [&self](const std::string &asked, Keys found) {
                                      self.onRead(asked, std::move(found));
                                  },
                              .onEnd =
                                  [&self](const Error &error) {
                                      Log.warning("QubesDB has gone: {}", error.text());
                                      self.m_loop.quit(1);
                                  }}));
    if (mayChangeNetwork()) {
        BH_TRY(self.m_interfaces, InterfaceWatch::create(loop, [&self] {
                   self.configureUplink();
               }));
    }
    BH_TRY(self.m_resolverFile, FileWatch::create(loop, self.m_options.resolver, [&self] {
               self.applyFilter(); // questions may have to go to other servers now
           }));
    self.m_keys->readAll("");
    return agent;
}

void Agent::onChanged(const std::string &path)
{
    if (const auto tree = m_table.noteChange(path)) {
        m_keys->readAll(*tree);
    }
    if (path.starts_with(MappedTree)) {
        m_keys->readAll(std::string(MappedTree));
    }
    if (isSetting(path)) {
        m_keys->read(path);
    }
}

void Agent::onRead(const std::string &asked, Keys found)
{
    if (asked.empty()) { // everything, at the start
        m_table.load(found);
        takeMapped(below(MappedTree, found));
        std::erase_if(found, [](const auto &entry) {
            return !isSetting(entry.first);
        });
        m_values = std::move(found);
        takeSettings();
        return;
    }
    if (asked.starts_with(FirewallRoot)) {
        if (m_table.take(asked, found)) {
            applyFilter();
        }
        return;
    }
    if (asked == MappedTree) {
        takeMapped(std::move(found));
        applyFilter();
        return;
    }
    m_values.erase(asked);
    m_values.merge(found);
    takeSettings();
}

void Agent::takeMapped(Keys mapped)
{
    m_mapped = std::move(mapped);
    m_retelling.follow(m_mapped);
}

void Agent::takeSettings()
{
    m_settings = readSettings(m_values);
    configureUplink();
    writeResolver();
    applyFilter(); // before the tunnel: closed comes first
    keepTunnel();
    keepTor();
    keepTraffic();
}

void Agent::keepTunnel()
{
    if (!m_settings.isTunnel) {
        m_tunnel.reset(); // the interface stays until the qube ends: nobody goes through it but by the filter
        return;
    }
    if (m_tunnel) {
        return;
    }
    auto tunnel = Tunnel::create(m_loop, m_options.tunnel, [this] {
        applyFilter(); // questions of clients go to the tunnel's name servers
    });
    if (tunnel) {
        m_tunnel = *std::move(tunnel);
    } else {
        Log.warning("there is no tunnel: {}", tunnel.error().text());
    }
}

void Agent::keepTor()
{
    if (!m_settings.isTor) {
        m_tor.reset();
        return;
    }
    if (m_tor) {
        return;
    }
    if (auto tor = TorGateway::create(m_loop, m_options.tor)) {
        m_tor = *std::move(tor);
    } else {
        Log.warning("nothing of the clients passes: {}", tor.error().text());
    }
}

void Agent::keepTraffic()
{
    if (!m_settings.isProvider || !m_settings.trafficInterval) {
        m_traffic.reset();
        return;
    }
    if (m_traffic) {
        m_traffic->setInterval(*m_settings.trafficInterval);
        return;
    }
    m_traffic = std::make_unique<TrafficMeter>(
        m_loop,
        TrafficMeter::Parts{.clients =
                                [this] {
                                    const auto known = std::views::keys(m_table.clients());
                                    return std::set(known.begin(), known.end());
                                },
                            .write =
                                [this](const QubesDb::Write &change) {
                                    m_keys->write(change.key.text(), change.value.text());
                                },
                            .remove =
                                [this](const std::string &path) {
                                    m_keys->remove(path);
                                }},
        *m_settings.trafficInterval);
}

void Agent::configureUplink()
{
    // In a qube of the local driver the network is made from outside, and a client has no right to change it.
    if (!m_interfaces || m_uplinkRun) {
        return;
    }
    const auto interface = findInterface(m_settings.mac);
    auto wanted = std::pair(interface, interface ? uplinkCommands(m_settings, interface->name) : std::string());
    if (wanted == m_configured) {
        return;
    }
    m_configured = std::move(wanted);
    if (m_configured.second.empty()) {
        return;
    }
    m_uplinkRun = std::make_unique<ProgramRun>(
        m_loop,
        ProgramCall{.path = m_options.ip, .words = {"-batch", "-"}, .input = m_configured.second},
        [this](const Result<std::string> &outcome) {
            if (!outcome) {
                Log.warning("the uplink could not be configured: {}", outcome.error().text());
            }
            m_loop.defer([this] { // it is on the stack
                m_uplinkRun.reset();
                configureUplink(); // what changed meanwhile
            });
        });
}

void Agent::writeResolver()
{
    const auto text = resolverText(m_settings);
    if (!mayChangeNetwork() || text.empty() || readTextFile(m_options.resolver, MaxResolver) == text) {
        return;
    }
    if (const auto written = replaceTextFile(m_options.resolver, text); !written) {
        Log.warning("the name servers could not be set: {}", written.error().text());
    }
}

Firewall::FilterPlan Agent::plan() const
{
    const auto clients = std::views::keys(m_table.clients());
    Firewall::FilterPlan plan{.clients = m_table.clients(),
                              .connected =
                                  realAddresses(m_settings.connected, m_mapped, {clients.begin(), clients.end()}),
                              .names = m_names.resolved(),
                              .nameServers = m_settings.clientNameServers,
                              .isTunnel = m_settings.isTunnel,
                              .isTor = m_settings.isTor,
                              .realServers = {}};
    if (m_settings.isTunnel) { // never by the way of this qube's own questions
        plan.realServers = m_tunnel ? m_tunnel->nameServers() : std::vector<Firewall::Network>();
        return plan;
    }
    if (const auto text = readTextFile(m_options.resolver, MaxResolver)) {
        plan.realServers = serversInResolverText(*text);
    }
    // Servers of the chain are the next net qube's to translate.
    std::erase_if(plan.realServers, [&plan](const Firewall::Network &server) {
        return std::ranges::contains(plan.nameServers, server);
    });
    return plan;
}

void Agent::applyFilter()
{
    for (const std::string &complaint : m_table.takeComplaints()) {
        Log.warning("{}", complaint);
    }
    if (!m_settings.isProvider) {
        return;
    }
    if (m_filterRun) {
        m_filterIsStale = true;
        return;
    }
    const auto wanted = plan();
    m_names.setWanted(Firewall::namesIn(wanted));
    auto text = Firewall::filterText(wanted);
    if (text == m_wantedFilter) {
        tellHandled();
        return;
    }
    m_retry.reset();
    m_wantedFilter = std::move(text);
    m_applying = wanted.clients;
    m_filterRun =
        std::make_unique<ProgramRun>(m_loop,
                                     ProgramCall{.path = m_options.nft, .words = {"-f", "-"}, .input = m_wantedFilter},
                                     [this](const Result<std::string> &outcome) {
                                         onFilterApplied(outcome);
                                     });
}

void Agent::onFilterApplied(const Result<std::string> &outcome)
{
    if (outcome) {
        tellHandled();
    } else {
        Log.warning("the firewall stays as it was: {}", outcome.error().text());
        m_wantedFilter.clear();
        m_retry = m_loop.after(RetryDelay, [this] {
            applyFilter();
        });
    }
    m_loop.defer([this] { // the run is on the stack
        m_filterRun.reset();
        if (std::exchange(m_filterIsStale, false)) {
            applyFilter();
        }
    });
}

/// Notes beside each client's rules that they are in force: a counter that changes each time.
void Agent::tellHandled()
{
    for (const auto &[address, rules] : m_applying) {
        const auto known = m_handled.find(address);
        if (known == m_handled.end() || known->second != rules) {
            m_keys->write(formatted("/qubes-firewall-handled/{}", address.addressText()), std::to_string(++m_applied));
        }
    }
    m_handled = m_applying;
}

} // namespace Bulkhead::GuestNetwork
