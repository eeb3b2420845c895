// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/tunnel.h"

#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/firewall/filter.h"
#include "dom0-core/guest/network/textfile.h"
#include "dom0-core/guest/network/tunnelroutes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::GuestNetwork
{

namespace
{

constexpr LogCategory Log("bulkhead.network.tunnel");

constexpr auto RetryDelay = std::chrono::seconds(10); ///< a name server may come up later than we

/// Owned by whoever owns the folder it lies in, so that the person can put a file there.
Result<void> ensureFolder(const std::filesystem::path &folder)
{
    struct stat around{};
    if (::mkdir(folder.c_str(), S_IRWXU) != 0) {
        return errno == EEXIST ? Result<void>() : failErrno(errno, "the tunnel's folder cannot be made");
    }
    if (::stat(folder.parent_path().c_str(), &around) != 0
        || ::lchown(folder.c_str(), around.st_uid, around.st_gid) != 0) {
        return failErrno(errno, "the tunnel's folder cannot be given away");
    }
    return {};
}

} // namespace

Tunnel::Tunnel(EventLoop &loop, Options options, std::move_only_function<void()> onChanged)
    : m_loop(loop)
    , m_options(std::move(options))
    , m_onChanged(std::move(onChanged))
{
}

Result<std::unique_ptr<Tunnel>>
Tunnel::create(EventLoop &loop, Options options, std::move_only_function<void()> onChanged)
{
    auto tunnel = std::unique_ptr<Tunnel>(new Tunnel(loop, std::move(options), std::move(onChanged)));
    Tunnel &self = *tunnel;
    BH_CHECK(ensureFolder(self.m_options.file.parent_path()));
    BH_TRY(self.m_watch, FileWatch::create(loop, self.m_options.file, [&self] {
               self.readFiles();
           }));
    BH_TRY(self.m_openVpnWatch, FileWatch::create(loop, self.openVpnPath(), [&self] {
               self.readFiles();
           }));
    self.readFiles();
    return tunnel;
}

std::filesystem::path Tunnel::openVpnPath() const
{
    return m_options.file.parent_path() / m_options.openVpnFile;
}

std::vector<Firewall::Network> Tunnel::nameServers() const
{
    if (m_openVpn) {
        return m_openVpn->nameServers();
    }
    return m_isUp && m_config ? m_config->nameServers : std::vector<Firewall::Network>();
}

void Tunnel::readFiles()
{
    if (m_steps) {
        m_isStale = true;
        return;
    }
    readConfig();
    begin();
}

void Tunnel::readConfig()
{
    m_openVpn.reset();
    m_openVpnConfig.reset();
    m_config.reset();
    const auto keep = [](const std::filesystem::path &file, auto parsed, auto &kept) {
        if (parsed) {
            kept = *std::move(parsed);
        } else {
            Log.warning("there is no tunnel: {}: {}", file.string(), parsed.error().text());
        }
    };
    if (const auto text = readTextFile(m_options.file, MaxConfigFile + 1)) {
        keep(m_options.file, parseWireGuardConfig(*text), m_config);
    } else if (const auto other = readTextFile(openVpnPath(), MaxConfigFile + 1)) {
        keep(openVpnPath(), parseOpenVpnConfig(*other), m_openVpnConfig);
    } else {
        Log.info(
            "there is no tunnel: nobody has put a file at {} or {}", m_options.file.string(), openVpnPath().string());
    }
}

std::vector<ProgramStep> Tunnel::firstSteps(const Options &options, Wanted wanted)
{
    const std::string name(Firewall::TunnelInterface);
    std::vector<ProgramStep> steps{{.call = {.path = options.ip, .words = {"link", "del", name}}, .mayFail = true}};
    for (auto &step : noRulesToTunnel(options.ip)) {
        steps.push_back(std::move(step));
    }
    if (wanted == Wanted::KernelsWireGuard) {
        steps.push_back({.call = {.path = options.ip, .words = {"link", "add", name, "type", "wireguard"}}});
    }
    return steps;
}

std::vector<ProgramStep> Tunnel::setUpSteps(const Options &options, const WireGuardConfig &config)
{
    const std::string name(Firewall::TunnelInterface);
    std::vector<ProgramStep> steps{
        {.call = {.path = options.wg, .words = {"setconf", name, "/dev/stdin"}, .input = config.setup}}};
    std::string text = formatted("link set {} mtu {} up\n", name, config.mtu);
    for (const auto &address : config.addresses) {
        text += formatted("addr replace {} dev {}\n", address.text(), name);
    }
    for (const auto &network : config.allowed) {
        text += formatted("route replace {} dev {} table {}\n", network.text(), name, TunnelRouteTable);
    }
    steps.push_back({.call = {.path = options.ip, .words = {"-batch", "-"}, .input = text}});
    for (auto &step : rulesToTunnel(options.ip)) {
        steps.push_back(std::move(step));
    }
    return steps;
}

void Tunnel::begin()
{
    m_retry.reset();
    m_program.reset();
    m_steps = std::make_unique<ProgramSteps>(
        m_loop, firstSteps(m_options, m_config ? Wanted::KernelsWireGuard : Wanted::Nothing), [this](bool isDone) {
            onFirstSteps(isDone);
        });
}

void Tunnel::onFirstSteps(bool isDone)
{
    if (m_isStale || !m_config) {
        finish(isDone);
    } else if (isDone) {
        setUp();
    } else {
        m_steps.reset();
        startProgram(); // a kernel need not have it
    }
}

void Tunnel::startProgram()
{
    auto started = WireGuardProgram::create(m_loop,
                                            m_options.wireGuard,
                                            {.onReady =
                                                 [this] {
                                                     setUp();
                                                 },
                                             .onEnded =
                                                 [this] {
                                                     m_steps.reset();
                                                     finish(false);
                                                 }});
    if (started) {
        m_program = *std::move(started);
        return;
    }
    Log.warning("there is no WireGuard: {}", started.error().text());
    finish(false);
}

void Tunnel::setUp()
{
    m_steps = std::make_unique<ProgramSteps>(m_loop, setUpSteps(m_options, *m_config), [this](bool isDone) {
        finish(isDone);
    });
}

void Tunnel::finish(bool isDone)
{
    m_steps.reset();
    m_isUp = isDone && m_config;
    if (std::exchange(m_isStale, false)) {
        readFiles();
    } else if (m_openVpnConfig) { // what another tunnel left is gone by now
        startOpenVpn();
    } else if (m_config && !m_isUp) {
        Log.warning("the tunnel could not be set up; nothing of the clients passes meanwhile");
        tryAgainLater();
    }
    m_onChanged();
}

void Tunnel::tryAgainLater()
{
    m_retry = m_loop.after(RetryDelay, [this] {
        begin();
    });
}

void Tunnel::startOpenVpn()
{
    auto started = OpenVpnTunnel::create(m_loop, m_options.openVpn, *m_openVpnConfig, [this] {
        m_onChanged();
    });
    if (started) {
        m_openVpn = *std::move(started);
        return;
    }
    Log.warning("there is no tunnel: {}", started.error().text());
    m_retry = m_loop.after(RetryDelay, [this] {
        startOpenVpn();
    });
}

} // namespace Bulkhead::GuestNetwork
