// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/datachannel/datalink.h"
#include "qrexec/datachannel/localinput.h"
#include "qrexec/datachannel/localoutput.h"

#include <functional>
#include <memory>
#include <optional>

namespace Bulkhead::Qrexec
{

/// Where a service's streams are on our side. Each may be missing.
struct ServiceStreams {
    UniqueFd input;            ///< written here, read by the service
    UniqueFd output;           ///< read here
    UniqueFd error;            ///< read here
    UniqueFd inputsOther = {}; ///< `input` once more, for reading: a socket that the service may write to, too
};

/// Whose end of stream ends the call at once. Where neither does, both together do.
struct EndRules {
    bool serviceEofEnds = true; ///< false for a socket service unless its configuration says so
    bool callerEofEnds = false;
};

/// The end of a data channel that runs the service: input comes in, output, error output and at last the exit status go
/// out. Moves bytes without blocking and without keeping more than one piece per stream; whoever is slow makes the
/// other wait.
class ServiceEnd
{
public:
    struct Handlers {
        /// The channel stands: now start the service and call run(), reportFailure() or reportStart(), at once or
        /// later.
        std::move_only_function<void()> onReady;
        /// Over. Nothing: everything was delivered; else why the channel ended early. Called once.
        std::move_only_function<void(std::optional<Error>)> onDone;
    };

    ServiceEnd(EventLoop &loop,
               std::unique_ptr<Channel> channel,
               Handlers handlers,
               Greeting greeting = Greeting::AtOnce);

    /// @errors Io
    [[nodiscard]] Result<void> start()
    {
        return m_data.start();
    }

    [[nodiscard]] bool isReady() const noexcept
    {
        return m_data.isReady();
    }

    /// Connects the streams; descriptors are non-blocking. A stream that is missing ends at once.
    void run(ServiceStreams streams, EndRules rules = {});

    /// The service writes to the socket that its input comes from, no longer to its output. Nothing where that is no
    /// such socket, or the output has ended.
    /// @source spec qrexec, 7.6
    void mergeDirections();

    /// The service's process has ended. Its status is sent when its output has ended, too: what others still write for
    /// it belongs to the call.
    void setStatus(int status);

    /// Ends the call of a service that could not be started.
    void reportFailure(int status);
    /// Ends a call that only starts something (JUST_EXEC).
    void reportStart(int status);

private:
    void onReady();
    [[nodiscard]] Result<void>
    onMessage(const Header &header, std::span<const std::byte> body, ProtocolVersion version);
    void onInputChanged();
    void onOutput(std::span<const std::byte> bytes);
    void onError(std::span<const std::byte> bytes);
    void throttle();
    void onDrained();
    void finishIfOver();
    void sendLast(int status);
    void done(std::optional<Error> error);
    [[nodiscard]] bool isOver() const;

    EventLoop &m_loop;
    Handlers m_handlers;
    std::unique_ptr<LocalOutput> m_input; ///< towards the service
    std::unique_ptr<LocalInput> m_output;
    std::unique_ptr<LocalInput> m_error;
    UniqueFd m_inputsOther;
    EndRules m_rules;
    std::optional<int> m_status;
    bool m_isRunning = false;
    bool m_callerEnded = false; ///< no more input will come
    bool m_sentLast = false;
    bool m_isDone = false;
    bool m_warned = false; ///< about messages that a caller has no business to send
    EventLoop::Handle m_lastTurn;
    DataLink m_data;
};

} // namespace Bulkhead::Qrexec
