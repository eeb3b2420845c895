// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/openvpntunnel.h"

#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/firewall/filter.h"
#include "dom0-core/guest/network/textfile.h"
#include "dom0-core/guest/network/tunnelroutes.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ranges>
#include <utility>

namespace Bulkhead::GuestNetwork
{

namespace
{

constexpr LogCategory Log("bulkhead.network.openvpn");

constexpr auto RetryDelay = std::chrono::seconds(10);
constexpr std::size_t MaxState = 4096;
constexpr std::size_t MaxNameServers = 8;
constexpr mode_t ForAll = 0755;

} // namespace

std::optional<std::vector<Firewall::Network>> parseOpenVpnState(std::string_view text)
{
    const auto end = text.find('\n');
    if (text.substr(0, end) != "up") {
        return std::nullopt;
    }
    std::vector<Firewall::Network> servers;
    for (const auto line : text.substr(std::min(end, text.size())) | std::views::split('\n')) {
        const auto address = Firewall::Network::parseAddress(std::string_view(line));
        if (address && servers.size() < MaxNameServers) {
            servers.push_back(*address);
        }
    }
    return servers;
}

OpenVpnTunnel::OpenVpnTunnel(EventLoop &loop,
                             Options options,
                             OpenVpnConfig config,
                             std::move_only_function<void()> onChanged)
    : m_loop(loop)
    , m_options(std::move(options))
    , m_config(std::move(config))
    , m_onChanged(std::move(onChanged))
{
}

Result<std::unique_ptr<OpenVpnTunnel>>
OpenVpnTunnel::create(EventLoop &loop, Options options, OpenVpnConfig config, std::move_only_function<void()> onChanged)
{
    auto tunnel = std::unique_ptr<OpenVpnTunnel>(
        new OpenVpnTunnel(loop, std::move(options), std::move(config), std::move(onChanged)));
    OpenVpnTunnel &self = *tunnel;
    if (::mkdir(self.m_options.state.parent_path().c_str(), ForAll) != 0 && errno != EEXIST) {
        return failErrno(errno, "the folder of the tunnel's state cannot be made");
    }
    BH_CHECK(replaceTextFile(self.m_options.state, "down\n")); // what an earlier one left is not ours
    BH_TRY(self.m_watch, FileWatch::create(loop, self.m_options.state, [&self] {
               self.readState();
           }));
    self.startProgram();
    return tunnel;
}

std::vector<Firewall::Network> OpenVpnTunnel::nameServers() const
{
    return m_isUp && m_told ? *m_told : std::vector<Firewall::Network>();
}

ProgramCall OpenVpnTunnel::callOf(const Options &options, const OpenVpnConfig &config)
{
    return {.path = options.program,
            .words = {"--cd",
                      options.folder.string(),
                      "--dev",
                      std::string(Firewall::TunnelInterface),
                      "--dev-type",
                      "tun",
                      "--mark",
                      std::to_string(TunnelMark),
                      "--route-noexec",
                      "--setenv",
                      "bulkhead_state",
                      options.state.string(),
                      "--script-security",
                      "2",
                      "--up",
                      options.hook,
                      "--down",
                      options.hook,
                      "--config",
                      "stdin"},
            .input = config.text,
            .isLasting = true};
}

std::vector<ProgramStep> OpenVpnTunnel::steps(const std::string &ip, bool isUp)
{
    std::vector<ProgramStep> steps = noRulesToTunnel(ip);
    if (!isUp) {
        return steps;
    }
    const auto route =
        formatted("route replace default dev {} table {}\n", Firewall::TunnelInterface, TunnelRouteTable);
    steps.push_back({.call = {.path = ip, .words = {"-4", "-batch", "-"}, .input = route}});
    // A peer without IPv6 leaves its device without it, too.
    steps.push_back({.call = {.path = ip, .words = {"-6", "-batch", "-"}, .input = route}, .mayFail = true});
    for (auto &step : rulesToTunnel(ip)) {
        steps.push_back(std::move(step));
    }
    return steps;
}

void OpenVpnTunnel::startProgram()
{
    m_program =
        std::make_unique<ProgramRun>(m_loop, callOf(m_options, m_config), [this](const Result<std::string> &outcome) {
            onProgramEnd(outcome);
        });
}

/// It took its device with it, whether it could say so or not.
void OpenVpnTunnel::onProgramEnd(const Result<std::string> &outcome)
{
    Log.warning("OpenVPN has ended and is started again; nothing of the clients passes meanwhile: {}",
                outcome ? std::string("it ended by itself") : outcome.error().text());
    m_retry = m_loop.after(RetryDelay, [this] {
        startProgram();
    });
    if (const auto noted = replaceTextFile(m_options.state, "down\n"); !noted) {
        Log.warning("the tunnel's end could not be noted: {}", noted.error().text());
    }
}

/// Each time the hook was run: a device that went and came has lost its routes.
void OpenVpnTunnel::readState()
{
    if (m_steps) {
        m_isStale = true;
        return;
    }
    m_told = parseOpenVpnState(readTextFile(m_options.state, MaxState).value_or(std::string()));
    m_steps = std::make_unique<ProgramSteps>(m_loop, steps(m_options.ip, m_told.has_value()), [this](bool isDone) {
        onRouted(isDone);
    });
}

void OpenVpnTunnel::onRouted(bool isDone)
{
    m_steps.reset();
    m_isUp = isDone && m_told;
    if (!isDone) {
        Log.warning("packets could not be led into the tunnel; nothing of the clients passes meanwhile");
        m_retry = m_loop.after(RetryDelay, [this] {
            readState();
        });
    }
    if (std::exchange(m_isStale, false)) {
        readState();
    }
    m_onChanged(); // may destroy this
}

} // namespace Bulkhead::GuestNetwork
