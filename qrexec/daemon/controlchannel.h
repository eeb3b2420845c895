// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/messagelink.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <functional>
#include <memory>
#include <optional>

namespace Bulkhead::Qrexec
{

/// The daemon's side of the channel to a qube's agent. Everything that comes is a qube's word: what breaks the format
/// ends the channel.
class ControlChannel
{
public:
    struct Handlers {
        /// The agent greeted and speaks a version that we speak.
        std::move_only_function<void()> onReady;
        std::move_only_function<void(const Trigger &)> onTrigger;
        /// A request that cannot be one; `reason` is our own words.
        std::move_only_function<void(const MalformedTrigger &)> onMalformedTrigger;
        std::move_only_function<void(ChannelAddress)> onConnectionTerminated;
        /// The channel ended: PeerGone where the agent closed it or died, anything else where the agent broke the
        /// format. The handler may destroy this.
        std::move_only_function<void(Error)> onEnd;
    };

    /// @errors as Backend::connect()
    [[nodiscard]] static Result<std::unique_ptr<ControlChannel>>
    connect(EventLoop &loop, Backend &backend, DomId agent, Handlers handlers);

    ControlChannel(EventLoop &loop, std::unique_ptr<Channel> channel, Handlers handlers);

    [[nodiscard]] bool isReady() const noexcept
    {
        return m_version.has_value() && !m_link.hasEnded();
    }

    /// @errors TooMuch (more than an agent's ring takes), BadValue; then nothing was sent
    [[nodiscard]] Result<void> send(const Execute &message);
    void send(const ServiceRefused &message);
    void send(const ServiceConnect &message);

private:
    [[nodiscard]] Result<std::size_t> bodyLengthOf(std::span<const std::byte> bytes) const;
    [[nodiscard]] Result<void> onMessage(StreamMessage message);
    [[nodiscard]] Result<void> onHello(const Hello &hello);

    Handlers m_handlers;
    std::optional<ProtocolVersion> m_version;
    MessageLink m_link;
};

} // namespace Bulkhead::Qrexec
