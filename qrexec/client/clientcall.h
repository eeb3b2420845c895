// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "qrexec/client/options.h"
#include "qrexec/datachannel/callerrun.h"
#include "qrexec/link/daemonconnection.h"
#include "vchan-io/transport/backend.h"

#include <functional>
#include <memory>

namespace Bulkhead::Qrexec
{

/// A call that dom0 makes into a qube: asks the qube's daemon, then runs the caller's part of it.
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
    void onDaemonGone(const Error &error);
    void finish(int status);

    EventLoop &m_loop;
    ClientOptions m_options;
    OnDone m_onDone;
    std::unique_ptr<DaemonConnection> m_daemon;
    UniqueFd m_daemonSocket; ///< open as long as the call lives, whoever else closed: it holds the call's port
    CallerRun m_run;
    bool m_isRunning = false;
};

} // namespace Bulkhead::Qrexec
