// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/messagelink.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <functional>
#include <memory>
#include <optional>

namespace Bulkhead::Qrexec
{

/// One request to a qube's daemon. By its socket the daemon knows that the call still is: who makes a call keeps that
/// open when this ends because the agent has gone.
class DaemonConnection
{
public:
    struct Handlers {
        /// The daemon passed the request on; the data channel is to be here.
        std::move_only_function<void(ChannelAddress)> onAccepted;
        /// Before onAccepted: refused. Afterwards: the call, or the agent, has ended.
        std::move_only_function<void(Error)> onEnd;
    };

    DaemonConnection(EventLoop &loop, std::unique_ptr<Channel> channel, Execute request, Handlers handlers);

    /// @errors Io
    [[nodiscard]] Result<void> start()
    {
        return m_link.start();
    }

private:
    [[nodiscard]] Result<std::size_t> bodyLengthOf(std::span<const std::byte> bytes) const;
    [[nodiscard]] Result<void> onMessage(StreamMessage message);
    [[nodiscard]] Result<void> onHello(const Hello &hello);

    Execute m_request;
    Handlers m_handlers;
    std::optional<ProtocolVersion> m_version;
    MessageLink m_link;
};

} // namespace Bulkhead::Qrexec
