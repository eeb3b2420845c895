// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/channel.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/messagestream.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace Bulkhead
{

/// A stream of messages in an event loop: reads when there is something, writes what was sent at the end of the turn,
/// watches the deadline of a started message, and gives others their turn while a peer is busy.
class MessageLink
{
public:
    /// None of them may destroy the link but onEnd.
    struct Handlers {
        /// The other end is there.
        std::move_only_function<Result<void>()> onOpen = [] {
            return Result<void>();
        };
        /// An error ends the link.
        std::move_only_function<Result<void>(StreamMessage)> onMessage;
        /// All that was sent has been taken, after it had to wait.
        std::move_only_function<void()> onDrained = [] { };
        /// The link is over: the peer has gone (PeerGone), or the error of another handler or of the stream. Called
        /// once and not from within another call, unless close() came first.
        std::move_only_function<void(Error)> onEnd;
    };

    MessageLink(EventLoop &loop,
                std::unique_ptr<Channel> channel,
                HeaderRule rule,
                Handlers handlers,
                StreamLimits limits = {});
    MessageLink(const MessageLink &) = delete;
    MessageLink &operator=(const MessageLink &) = delete;
    ~MessageLink();

    /// Begins to watch the channel. Before, nothing is called.
    /// @errors Io
    [[nodiscard]] Result<void> start();

    /// Queues a whole message. An error ends the link and is told by onEnd. Nothing happens once the link is over.
    void send(std::span<const std::byte> message);
    /// The same for a message in two parts; a long body is not copied where the channel has room for it.
    void send(std::span<const std::byte> header, std::span<const std::byte> body);

    /// Writes now what the peer takes, instead of at the end of the turn.
    void flush();

    /// Bytes that wait for the peer.
    [[nodiscard]] std::size_t pendingOut() const noexcept
    {
        return m_stream.pendingOut();
    }

    /// As the channel's.
    [[nodiscard]] std::size_t outgoingCapacity() const noexcept
    {
        return m_stream.channel().outgoingCapacity();
    }

    /// While paused no message is given out, so the peer has to wait.
    void pauseReading();
    void resumeReading();

    /// The next `size` bytes of the peer go unread.
    void discard(std::size_t size) noexcept
    {
        m_stream.discard(size);
    }

    /// Ends the link without onEnd; the peer sees it at once. What was not flushed is lost.
    void close();

    [[nodiscard]] bool hasEnded() const noexcept
    {
        return m_isOver;
    }

    [[nodiscard]] bool isOpen() const noexcept
    {
        return m_isOpen && !m_isOver;
    }

private:
    void onReadable();
    void process();
    void armDeadline();
    void end(Error error);

    EventLoop &m_loop;
    MessageStream m_stream;
    Handlers m_handlers;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_deadline;
    EventLoop::Handle m_flush;
    EventLoop::Handle m_continue;
    EventLoop::Handle m_end;
    bool m_isOpen = false;
    bool m_isPaused = false;
    bool m_isOver = false;
    bool m_wasWaiting = false; ///< something sent could not be written at once
};

} // namespace Bulkhead
