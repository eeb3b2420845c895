// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/filewatch.h"
#include "dom0-core/guest/network/programrun.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead::GuestNetwork
{

/// WireGuard's interface by a program, where the kernel has none of its own: `wg` sets it up like the kernel's. It
/// lasts as long as the program does, and goes with it, its routes included.
class WireGuardProgram
{
public:
    struct Options {
        std::string program = "/usr/bin/wireguard-go";
        /// Where `wg` reaches it, its name the interface's; its folder is made if it is not there.
        std::filesystem::path socket = "/run/wireguard/bulkhead-vpn.sock";
    };

    struct Events {
        std::move_only_function<void()> onReady; ///< the interface is there and can be set up; once
        std::move_only_function<void()> onEnded; ///< it is gone, or never came; once, may destroy this
    };

    /// Starts it at once.
    /// @param loop  outlives this
    /// @errors Io (the socket's folder can not be made or watched)
    [[nodiscard]] static Result<std::unique_ptr<WireGuardProgram>>
    create(EventLoop &loop, const Options &options, Events events);
    WireGuardProgram(const WireGuardProgram &) = delete;
    WireGuardProgram &operator=(const WireGuardProgram &) = delete;
    /// The program is killed, and its interface goes with it.
    ~WireGuardProgram() = default;

    /// How it is started.
    [[nodiscard]] static ProgramCall callOf(const Options &options);

private:
    explicit WireGuardProgram(Events events);

    void onSocket();

    Events m_events;
    std::optional<FileWatch> m_watch;
    std::unique_ptr<ProgramRun> m_program;
    bool m_isReady = false;
};

} // namespace Bulkhead::GuestNetwork
