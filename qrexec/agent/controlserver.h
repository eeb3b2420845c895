// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/backend.h"
#include "vchan-io/transport/messagelink.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <functional>
#include <memory>
#include <optional>

namespace Bulkhead::Qrexec
{

/// The agent's side of the control channel: offered to dom0, and offered anew whenever it ended, for ever.
class ControlServer
{
public:
    struct Handlers {
        /// A daemon is connected and speaks a version that we speak.
        std::move_only_function<void()> onReady;
        std::move_only_function<void(const Execute &)> onExecute;
        std::move_only_function<void(const ServiceConnect &)> onServiceConnect;
        std::move_only_function<void(const ServiceRefused &)> onServiceRefused;
        /// The daemon has gone. What it was asked for will not be answered.
        std::move_only_function<void()> onLost;
    };

    /// @param loop, backend  outlive the server
    ControlServer(EventLoop &loop, Backend &backend, Handlers handlers);

    /// Offers the channel.
    void start();

    [[nodiscard]] bool isReady() const noexcept
    {
        return m_link && !m_link->hasEnded() && m_version.has_value();
    }

    /// Dropped while no daemon is connected.
    void send(const ConnectionTerminated &message);
    /// In the form that the daemon knows.
    /// @errors WrongState (no daemon), TooMuch, Unsupported
    [[nodiscard]] Result<void> send(const Trigger &trigger);

private:
    void offerLater();
    [[nodiscard]] Result<std::size_t> bodyLengthOf(std::span<const std::byte> bytes) const;
    [[nodiscard]] Result<void> onMessage(StreamMessage message);
    void onEnd(const Error &error);

    EventLoop &m_loop;
    Backend &m_backend;
    Handlers m_handlers;
    std::unique_ptr<MessageLink> m_link;
    std::optional<ProtocolVersion> m_version;
    EventLoop::Handle m_retry;
};

} // namespace Bulkhead::Qrexec
