// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/filewatch.h"
#include "dom0-core/guest/network/openvpntunnel.h"
#include "dom0-core/guest/network/programsteps.h"
#include "dom0-core/guest/network/wireguardconfig.h"
#include "dom0-core/guest/network/wireguardprogram.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::GuestNetwork
{

/// Keeps a tunnel as a provider's file in the qube says: WireGuard's, or where there is none OpenVPN's. Whatever goes
/// wrong, there is then no tunnel; that nothing goes past it is not this class's business but the filter's, which needs
/// neither file nor tunnel.
class Tunnel
{
public:
    struct Options {
        std::string ip = "/usr/sbin/ip";
        std::string wg = "/usr/bin/wg";
        std::filesystem::path file = "/home/user/vpn/wireguard.conf"; ///< its folder is made if it is not there
        std::string openVpnFile = "openvpn.conf";                     ///< in the same folder
        OpenVpnTunnel::Options openVpn = {};
        WireGuardProgram::Options wireGuard = {}; ///< where the kernel has no WireGuard
    };

    /// Begins at once.
    /// @param onChanged  the name servers may be others now
    /// @errors Io (the folder can not be made or watched)
    [[nodiscard]] static Result<std::unique_ptr<Tunnel>>
    create(EventLoop &loop, Options options, std::move_only_function<void()> onChanged);
    Tunnel(const Tunnel &) = delete;
    Tunnel &operator=(const Tunnel &) = delete;
    ~Tunnel() = default;

    /// To be asked through the tunnel; none while there is no tunnel.
    [[nodiscard]] std::vector<Firewall::Network> nameServers() const;

    enum class Wanted : std::uint8_t { Nothing, KernelsWireGuard };

    /// What is run first: what was there is taken away, and the kernel is asked for an interface.
    [[nodiscard]] static std::vector<ProgramStep> firstSteps(const Options &options, Wanted wanted);
    /// What is run once there is an interface, whose ever it is: it is set up, and packets are led into it.
    [[nodiscard]] static std::vector<ProgramStep> setUpSteps(const Options &options, const WireGuardConfig &config);

private:
    Tunnel(EventLoop &loop, Options options, std::move_only_function<void()> onChanged);

    [[nodiscard]] std::filesystem::path openVpnPath() const;
    void readFiles();
    void readConfig();
    void begin();
    void onFirstSteps(bool isDone);
    void startProgram();
    void setUp();
    void finish(bool isDone);
    void tryAgainLater();
    void startOpenVpn();

    EventLoop &m_loop;
    Options m_options;
    std::move_only_function<void()> m_onChanged;
    std::optional<FileWatch> m_watch;
    std::optional<FileWatch> m_openVpnWatch;
    std::optional<WireGuardConfig> m_config;      ///< as the file has it
    std::optional<OpenVpnConfig> m_openVpnConfig; ///< as its file has it, if the other is not there
    std::unique_ptr<OpenVpnTunnel> m_openVpn;
    std::unique_ptr<WireGuardProgram> m_program; ///< where it takes the kernel's place
    std::unique_ptr<ProgramSteps> m_steps;
    EventLoop::Handle m_retry;
    bool m_isUp = false;    ///< WireGuard's
    bool m_isStale = false; ///< a file changed during a run
};

} // namespace Bulkhead::GuestNetwork
