// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "qrexec/datachannel/callerend.h"
#include "qrexec/process/child.h"
#include "qrexec/process/mergesignal.h"
#include "qrexec/process/program.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

/// Both directions of a data channel, unless somebody asks for others. Source: spec qrexec, 2.1.
inline constexpr RingSizes DataRings{.toServer = 65536, .toClient = 65536};

/// A program of ours that stands where the caller's input and output would.
struct LocalProgram {
    Program program;
    std::vector<UniqueFd> kept = {}; ///< above 2: reach it under their own numbers, and are closed here
    bool mayMerge = false; ///< SIGUSR1 to us says that it writes to its input's socket, no longer to its output
};

struct CallerRunOptions {
    std::string peer = {}; ///< whom the log names
    RingSizes rings = DataRings;
    std::chrono::seconds wait{0};            ///< for the other end; 0: without limit
    std::optional<Filter> outputFilter = {}; ///< not told: exact unless it ends in a terminal
    std::optional<Filter> errorFilter = {};  ///< the same
    std::string prefix = {};                 ///< goes before the first byte of input
    bool onlyStatus = false;                 ///< JUST_EXEC: no stream is moved
    std::optional<LocalProgram> local = {};
};

/// The caller's part of a call that was allowed: serves the data channel, starts the local program if there is one,
/// moves the streams, and knows what the call ends with.
class CallerRun
{
public:
    /// Called once, with the status of the call: the service's, or the local program's where the service's is 0. Does
    /// not destroy this.
    using OnDone = std::move_only_function<void(int status)>;

    /// @param backend, loop  outlive the run
    /// @param streams  what the service's streams are connected to unless the local program has that place
    CallerRun(EventLoop &loop, Backend &backend, CallerRunOptions options, CallerStreams streams, OnDone onDone);
    CallerRun(const CallerRun &) = delete;
    CallerRun &operator=(const CallerRun &) = delete;
    ~CallerRun() = default;

    /// A local program that cannot be started ends the call with StatusProblem, and the service sees an empty input.
    /// @param address  where the other end will be
    /// @errors as Backend::serve()
    [[nodiscard]] Result<void> start(ChannelAddress address);

private:
    [[nodiscard]] Result<CallerStreams> startLocal(const LocalProgram &local);
    void onRemoteEnd(int status);
    void finishIfOver();
    void finish(int status);

    EventLoop &m_loop;
    Backend &m_backend;
    CallerRunOptions m_options;
    CallerStreams m_streams;
    OnDone m_onDone;
    std::unique_ptr<CallerEnd> m_caller;
    std::optional<Child> m_local;
    EventLoop::Handle m_localEnd;
    std::optional<MergeSignal> m_mergeSignal;
    UniqueFd m_localsOther; ///< the socket that the local program's input comes from, for reading
    EventLoop::Handle m_timeout;
    int m_localStatus = 0; ///< where no local program runs
    std::optional<int> m_remoteStatus;
};

} // namespace Bulkhead::Qrexec
