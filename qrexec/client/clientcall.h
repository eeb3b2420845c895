// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "qrexec/client/options.h"
#include "qrexec/datachannel/callerend.h"
#include "qrexec/link/daemonconnection.h"
#include "qrexec/process/child.h"
#include "vchan-io/transport/backend.h"

#include <functional>
#include <memory>
#include <optional>

namespace Bulkhead::Qrexec
{

/// A call that dom0 makes into a qube: asks the qube's daemon, serves the data channel, moves the streams.
class ClientCall
{
public:
    /// Called once, with the status to exit with. Does not destroy the call.
    using OnDone = std::move_only_function<void(int status)>;

    /// @param backend, loop  outlive the call
    /// @param streams  what the service's streams are connected to unless a local command has that place
    ClientCall(EventLoop &loop, Backend &backend, ClientOptions options, CallerStreams streams, OnDone onDone);
    ClientCall(const ClientCall &) = delete;
    ClientCall &operator=(const ClientCall &) = delete;
    ~ClientCall();

    /// @errors NotFound (the qube has no daemon: it does not run), Io, BadValue
    [[nodiscard]] Result<void> start();

private:
    void onAccepted(ChannelAddress address);
    [[nodiscard]] Result<void> openChannel(ChannelAddress address);
    [[nodiscard]] Result<CallerStreams> startLocal(const std::string &command);
    void onDaemonGone(const Error &error);
    void onLocalEnd();
    void onRemoteEnd(int status);
    void finishIfOver();
    void finish(int status);

    EventLoop &m_loop;
    Backend &m_backend;
    ClientOptions m_options;
    CallerStreams m_streams;
    OnDone m_onDone;
    std::unique_ptr<DaemonConnection> m_daemon;
    UniqueFd m_daemonSocket; ///< open as long as the call lives, whoever else closed: it holds the call's port
    std::unique_ptr<CallerEnd> m_caller;
    std::optional<Child> m_local;
    EventLoop::Handle m_localEnd;
    EventLoop::Handle m_timeout;
    std::optional<int> m_remoteStatus;
    bool m_isDone = false;
};

} // namespace Bulkhead::Qrexec
