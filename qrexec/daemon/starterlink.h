// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "base/qubename.h"
#include "qrexec/daemon/startermessages.h"
#include "vchan-io/transport/eventloop.h"

#include <functional>
#include <optional>
#include <string>

namespace Bulkhead::Qrexec
{

/// Makes the process that starts dom0's services for this qube (starter.h), and returns the socket to it. To be called
/// before this process opens anything, has a second thread, or confines itself.
/// @errors Io
[[nodiscard]] Result<UniqueFd> forkStarter(const QubeName &qube, const std::string &coreSocket);

/// The daemon's end of the socket to its starter.
class StarterLink
{
public:
    struct Handlers {
        /// @param streams  none unless the report says so
        std::move_only_function<void(const ServiceReport &, ServiceStreams streams)> onReport;
        /// The starter has gone. The handler may destroy this.
        std::move_only_function<void(const Error &)> onEnd;
    };

    /// @param loop  outlives this
    /// @param starter  what forkStarter() returned; nothing: every order fails
    StarterLink(EventLoop &loop, UniqueFd starter, Handlers handlers);
    StarterLink(const StarterLink &) = delete;
    StarterLink &operator=(const StarterLink &) = delete;
    ~StarterLink();

    /// @errors Io
    [[nodiscard]] Result<void> start();

    /// @errors TooMuch (too long, or the starter does not keep up), PeerGone, Io
    /// @param connection  of a disposable; stays the caller's
    [[nodiscard]] Result<void> send(const ServiceOrder &order, std::optional<int> connection = {});

private:
    void onReadable();
    [[nodiscard]] Result<void> takeReport();

    EventLoop &m_loop;
    UniqueFd m_starter;
    Handlers m_handlers;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::Qrexec
