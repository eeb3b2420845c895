// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/qubename.h"
#include "qrexec/console/consolebridge.h"
#include "vchan-io/transport/socketexchange.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead::Qrexec
{

/// What the service ends with besides the statuses of every service. Source: spec admin-api, 8.13.
inline constexpr int StatusConsoleTaken = 200;

/// Where the service finds things. The defaults are those of dom0; tests hand in others.
struct ConsolePlaces {
    std::string core = "/run/qubesd.sock";
    std::string locks = "/run/qubes"; ///< `QUBE.terminal.lock` in it is locked while a console is in use
};

/// Whose console, for whom.
struct ConsoleCall {
    std::string source;
    QubeName qube;
};

/// The service admin.vm.Console: asks the core where a qube's console is, takes it for itself, and carries bytes
/// between it and the caller until one of them ends.
class ConsoleService
{
public:
    /// How it ended. Called once, from the loop.
    using OnEnd = std::move_only_function<void(Result<void>)>;

    /// @param loop  outlives this
    ConsoleService(
        EventLoop &loop, ConsolePlaces places, ConsoleCall call, StreamFd input, StreamFd output, OnEnd onEnd);
    ConsoleService(const ConsoleService &) = delete;
    ConsoleService &operator=(const ConsoleService &) = delete;
    ~ConsoleService() = default;

    /// onEnd hears InUse (somebody has the console), Refused, PeerGone, NotFound, TimedOut, Io, BadValue.
    void start();

private:
    void onAnswer(const Result<std::string> &answer);
    [[nodiscard]] Result<void> connect(std::string_view answer);
    void end(Result<void> how);

    EventLoop &m_loop;
    ConsolePlaces m_places;
    ConsoleCall m_call;
    StreamFd m_input;
    StreamFd m_output;
    OnEnd m_onEnd;
    std::unique_ptr<SocketExchange> m_question;
    UniqueFd m_lock; ///< is let go of after the terminal is as it was
    std::unique_ptr<ConsoleBridge> m_bridge;
};

/// The service's exit status.
[[nodiscard]] int consoleStatus(const Result<void> &how) noexcept;

/// Locks a qube's console for as long as the descriptor is open, as the field's programs do.
/// @errors InUse, Io
[[nodiscard]] Result<UniqueFd> lockConsole(const std::string &directory, const QubeName &qube);

} // namespace Bulkhead::Qrexec
