// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/daemon/startermessages.h"
#include "qrexec/datachannel/serviceend.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/wire/qrexectypes.h"

#include <functional>
#include <memory>
#include <optional>

namespace Bulkhead::Qrexec
{

/// A service of dom0's that the qube calls, from the permission to the end of both: moves bytes between the qube's data
/// channel and the streams that the starter hands out. It opens nothing and starts nothing itself.
class Dom0Call
{
public:
    /// How long the caller may take to open its end. Source: spec qrexec, section 19.
    static constexpr Duration ConnectTimeout = std::chrono::seconds(5);

    struct Handlers {
        /// The caller is there: start the service. An error is told to it.
        std::move_only_function<Result<void>()> onReady;
        /// Both the channel and the service have ended. The handler may destroy this.
        std::move_only_function<void()> onOver;
    };

    /// @param loop, backend  outlive this
    /// @param caller  whose end of the channel serves
    Dom0Call(EventLoop &loop, Backend &backend, ChannelAddress caller, Handlers handlers);
    Dom0Call(const Dom0Call &) = delete;
    Dom0Call &operator=(const Dom0Call &) = delete;
    ~Dom0Call();

    /// @errors as Backend::connect()
    [[nodiscard]] Result<void> start();

    /// What the starter says of this service.
    void onReport(const ServiceReport &report, ServiceStreams streams);

private:
    void onReady();
    void onChannelDone(const std::optional<Error> &error);
    void finishIfOver();

    EventLoop &m_loop;
    Backend &m_backend;
    ChannelAddress m_caller;
    Handlers m_handlers;
    std::unique_ptr<ServiceEnd> m_end; ///< nothing once the channel has ended
    EventLoop::Handle m_timeout;
    EventLoop::Handle m_closing;
    bool m_isOrdered = false; ///< the starter is to start the service, or has
    bool m_hasEnded = false;  ///< the service has, or never ran
};

} // namespace Bulkhead::Qrexec
