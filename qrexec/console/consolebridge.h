// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/console/rawterminal.h"
#include "qrexec/datachannel/localinput.h"
#include "qrexec/datachannel/localoutput.h"
#include "vchan-io/transport/eventloop.h"

#include <chrono>
#include <functional>
#include <memory>

namespace Bulkhead::Qrexec
{

/// Carries bytes between a caller and a console's terminal, looking at none. Who is slower makes the other wait.
class ConsoleBridge
{
public:
    /// The caller has ended its input or takes no more, or the terminal hung up: the domain has gone. Called once; does
    /// not destroy this.
    using OnEnd = std::move_only_function<void()>;

    /// How long a console that takes nothing may keep the last of what a caller sent who has ended its input, or gone.
    static constexpr Duration LastWords = std::chrono::seconds(1);

    /// @param loop  outlives this
    /// @param input,output  the caller's
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<ConsoleBridge>>
    start(EventLoop &loop, RawTerminal terminal, StreamFd input, StreamFd output, OnEnd onEnd);

    ConsoleBridge(const ConsoleBridge &) = delete;
    ConsoleBridge &operator=(const ConsoleBridge &) = delete;
    ~ConsoleBridge() = default;

private:
    struct Terminal {
        UniqueFd read;
        UniqueFd write;
    };

    ConsoleBridge(EventLoop &loop, RawTerminal terminal, Terminal ends, StreamFd input, StreamFd output, OnEnd onEnd);

    void onCallersEnd();
    void lookAfterCaller();
    void onTerminalChanged();
    void onCallerChanged();
    void end();

    EventLoop &m_loop;
    RawTerminal m_terminal; ///< goes last, when nobody reads or writes it any more
    OnEnd m_onEnd;
    int m_input; ///< the caller's, as long as m_fromCaller has not ended
    LocalOutput m_toTerminal;
    LocalOutput m_toCaller;
    LocalInput m_fromTerminal;
    LocalInput m_fromCaller;
    EventLoop::Handle m_patience;
};

} // namespace Bulkhead::Qrexec
