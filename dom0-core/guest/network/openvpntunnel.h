// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/filewatch.h"
#include "dom0-core/guest/network/openvpnconfig.h"
#include "dom0-core/guest/network/programrun.h"
#include "dom0-core/guest/network/programsteps.h"
#include "vchan-io/wire/calls/firewalldestination.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::GuestNetwork
{

/// Keeps OpenVPN running with a provider's settings, and packets going into its device while there is one. The device
/// comes with an answer of the peer and goes with it; that nothing goes past it meanwhile is the filter's business.
class OpenVpnTunnel
{
public:
    struct Options {
        std::string ip = "/usr/sbin/ip";
        std::string program = "/usr/sbin/openvpn";
        /// What OpenVPN runs when its device has come or gone.
        std::string hook = "/usr/lib/bulkhead/openvpn-changed";
        /// What the hook notes then; its folder is made if it is not there.
        std::filesystem::path state = "/run/bulkhead-tunnel/openvpn";
        /// Where the files lie that the settings name.
        std::filesystem::path folder = "/home/user/vpn";
    };

    /// @param loop  outlives this
    /// @param onChanged  the tunnel has come or gone, and its name servers with it
    /// @errors Io (the state's folder can not be made or watched)
    [[nodiscard]] static Result<std::unique_ptr<OpenVpnTunnel>>
    create(EventLoop &loop, Options options, OpenVpnConfig config, std::move_only_function<void()> onChanged);
    OpenVpnTunnel(const OpenVpnTunnel &) = delete;
    OpenVpnTunnel &operator=(const OpenVpnTunnel &) = delete;
    /// OpenVPN is killed, and its device goes with it.
    ~OpenVpnTunnel() = default;

    /// To be asked through the tunnel; none while there is no tunnel.
    [[nodiscard]] std::vector<Firewall::Network> nameServers() const;

    /// How OpenVPN is started: what the file says comes by its standard input, and what we say goes before that.
    [[nodiscard]] static ProgramCall callOf(const Options &options, const OpenVpnConfig &config);
    /// What is run when the device has come, or has gone.
    [[nodiscard]] static std::vector<ProgramStep> steps(const std::string &ip, bool isUp);

private:
    OpenVpnTunnel(EventLoop &loop, Options options, OpenVpnConfig config, std::move_only_function<void()> onChanged);

    void startProgram();
    void onProgramEnd(const Result<std::string> &outcome);
    void readState();
    void onRouted(bool isDone);

    EventLoop &m_loop;
    Options m_options;
    OpenVpnConfig m_config;
    std::move_only_function<void()> m_onChanged;
    std::optional<FileWatch> m_watch;
    std::unique_ptr<ProgramRun> m_program;
    std::unique_ptr<ProgramSteps> m_steps;
    std::optional<std::vector<Firewall::Network>> m_told; ///< by the hook: name servers; nothing: there is no device
    bool m_isUp = false;                                  ///< packets go into it
    bool m_isStale = false;                               ///< the hook was run meanwhile
    EventLoop::Handle m_retry;
};

/// What the hook notes: `up` and the addresses of name servers, a line each, or `down`. What is none is left out.
/// @return the name servers; nothing if there is no device
[[nodiscard]] std::optional<std::vector<Firewall::Network>> parseOpenVpnState(std::string_view text);

} // namespace Bulkhead::GuestNetwork
