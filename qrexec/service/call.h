// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/datachannel/serviceend.h"
#include "qrexec/process/child.h"
#include "qrexec/process/mergesignal.h"
#include "qrexec/service/preparation.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead::Qrexec
{

/// What a call process is started for.
struct CallRequest {
    ChannelAddress channel;
    ExecKind kind = ExecKind::Command;
    std::string command;
};

/// One call, from connecting its data channel to the end of what it started. Lives in a process of its own, so that a
/// call outlives the agent.
class Call
{
public:
    /// How long the caller may take to open its end. Source: spec qrexec, section 19.
    static constexpr Duration ConnectTimeout = std::chrono::seconds(120);

    /// Called once, with the command's status. Does not destroy the call.
    using OnDone = std::move_only_function<void(int status)>;

    /// @param loop, backend  outlive the call
    Call(EventLoop &loop, Backend &backend, Surroundings here, CallRequest request, OnDone onDone);
    Call(const Call &) = delete;
    Call &operator=(const Call &) = delete;
    ~Call();

    /// @errors as Backend::connect()
    [[nodiscard]] Result<void> start();

private:
    void onReady();
    [[nodiscard]] Result<void> run();
    void onChildEnd();
    void onChannelDone(const std::optional<Error> &error);
    void finishIfOver();

    EventLoop &m_loop;
    Backend &m_backend;
    Surroundings m_here;
    CallRequest m_request;
    OnDone m_onDone;
    std::unique_ptr<ServiceEnd> m_end;
    std::optional<Child> m_child;
    EventLoop::Handle m_childEnd;
    std::optional<MergeSignal> m_mergeSignal;
    EventLoop::Handle m_timeout;
    EventLoop::Handle m_closing;
    int m_status = 0;
    bool m_channelDone = false;
};

} // namespace Bulkhead::Qrexec
