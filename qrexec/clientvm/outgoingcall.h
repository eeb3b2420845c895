// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "qrexec/clientvm/options.h"
#include "qrexec/datachannel/callerrun.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/messagelink.h"

#include <functional>
#include <memory>

namespace Bulkhead::Qrexec
{

/// A call that a program of this qube makes: asks the agent, which passes it on to dom0, then runs the caller's part of
/// it. Who answers, and whether anybody does, is dom0's policy's affair.
class OutgoingCall
{
public:
    /// How long the other end may take to open its end. Source: spec qrexec, section 19.
    static constexpr std::chrono::seconds ConnectTimeout{120};

    /// Called once, with the status to exit with. Does not destroy the call.
    using OnDone = std::move_only_function<void(int status)>;

    /// @param backend, loop  outlive the call
    OutgoingCall(EventLoop &loop, Backend &backend, CallOptions options, OnDone onDone);
    OutgoingCall(const OutgoingCall &) = delete;
    OutgoingCall &operator=(const OutgoingCall &) = delete;
    ~OutgoingCall();

    /// A request that no service can be meant by is refused like one that dom0 refuses.
    /// @errors NotFound (there is no agent), Io, BadValue
    [[nodiscard]] Result<void> start();

private:
    [[nodiscard]] Result<void> onAllowed(std::span<const std::byte> address);
    [[nodiscard]] Result<void> open(ChannelAddress address);
    void onAgentEnd(const Error &error);
    void finish(int status);

    EventLoop &m_loop;
    Backend &m_backend;
    CallOptions m_options;
    OnDone m_onDone;
    std::unique_ptr<MessageLink> m_agent;
    UniqueFd m_agentSocket; ///< open as long as the call lives: by its end the agent knows that the call has ended
    std::unique_ptr<CallerRun> m_run;
};

} // namespace Bulkhead::Qrexec
