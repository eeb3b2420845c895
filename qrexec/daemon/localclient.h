// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/localchannel.h"
#include "vchan-io/transport/messagelink.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <functional>
#include <memory>
#include <optional>

namespace Bulkhead::Qrexec
{

/// One program of dom0 on the daemon's socket: it greets, makes one request, and then only waits.
class LocalClient
{
public:
    struct Handlers {
        /// An error closes the connection without an answer.
        std::move_only_function<Result<void>(const Execute &)> onExecute;
        std::move_only_function<Result<void>(const ServiceConnect &)> onServiceConnect;
        /// The client closed, or did something it must not. The handler may destroy this.
        std::move_only_function<void(Error)> onEnd;
    };

    LocalClient(EventLoop &loop, std::unique_ptr<LocalChannel> channel, Handlers handlers);

    /// Greets the client.
    /// @errors Io
    [[nodiscard]] Result<void> start();

    void accept(const Accepted &answer);

    /// Tells the client that its call is over, by an end of the stream. It has its own time to close: until then it may
    /// still be using what it was given.
    void finish();

private:
    [[nodiscard]] Result<std::size_t> bodyLengthOf(std::span<const std::byte> bytes) const;
    [[nodiscard]] Result<void> onMessage(StreamMessage message);

    Handlers m_handlers;
    std::optional<ProtocolVersion> m_version;
    bool m_hasRequested = false;
    LocalChannel &m_channel; ///< owned by m_link
    MessageLink m_link;
};

} // namespace Bulkhead::Qrexec
