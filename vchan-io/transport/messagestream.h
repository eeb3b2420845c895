// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "vchan-io/transport/channel.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace Bulkhead
{

/// How a protocol cuts its byte stream into messages.
struct HeaderRule {
    std::size_t headerSize = 0; ///< bytes, at least 1
    /// How many bytes follow this header: the caller's own check of type, length and phase. Asked once a message; an
    /// error of it ends the stream before a byte of the body is read. What it returns is the most that will be held.
    std::function<Result<std::size_t>(std::span<const std::byte> header)> bodyLength;
};

struct StreamLimits {
    /// Bytes that wait for a peer that does not read. Source: spec security, L-09.
    std::size_t outgoing = std::size_t{4} << 20;
    /// From the first byte of a message that was seen to its last. Source: spec security, L-10.
    Duration startedMessage = std::chrono::seconds(10);
};

/// A message as it came. Valid until the next call of the stream.
struct StreamMessage {
    std::span<const std::byte> header;
    std::span<const std::byte> body;
};

/// Whole messages over a Channel: never blocks, bounded both ways, and what comes out does not depend on how the bytes
/// came in. Main thread only.
///
/// Use: when channel().pollFd() is readable, call takeEvent(), then next() until it has nothing. While deadline() names
/// a moment, see that next() is called then, too. A busy peer can keep next() supplied for ever: after a fair number of
/// messages, defer the rest to the next turn of the loop. After an error the stream is of no further use.
class MessageStream
{
public:
    /// @param clock  outlives the stream
    MessageStream(std::unique_ptr<Channel> channel, HeaderRule rule, const Clock &clock, StreamLimits limits = {});

    [[nodiscard]] Channel &channel() noexcept
    {
        return *m_channel;
    }

    [[nodiscard]] const Channel &channel() const noexcept
    {
        return *m_channel;
    }

    /// Takes the channel's wake-up, then writes what is queued. A channel that closed is no error here: next() still
    /// gives what came before.
    /// @errors as Channel::takeEvent() and flush()
    [[nodiscard]] Result<ChannelState> takeEvent();

    /// The next message, or nothing at present.
    /// @errors what bodyLength() says, TimedOut, PeerGone (closed and every whole message was given), RingViolation
    [[nodiscard]] Result<std::optional<StreamMessage>> next();

    /// The next `size` bytes of the stream, which have no header: for handshakes. Valid until the next call.
    /// @errors as next()
    [[nodiscard]] Result<std::optional<std::span<const std::byte>>> nextRaw(std::size_t size);

    /// The next `size` bytes of the stream are no message and go unread, however many they are.
    void discard(std::size_t size) noexcept
    {
        m_discard += size;
    }

    /// When a message that has begun must be complete; none while no message has begun.
    [[nodiscard]] std::optional<TimePoint> deadline() const noexcept;

    /// Queues a message; the bytes are copied or written before it returns. Nothing goes out in part: what a peer does
    /// not take now waits. Small messages go out with the next flush(), so that many share one wake-up.
    /// @errors TooMuch (limits.outgoing; nothing of the message was queued), PeerGone, RingViolation
    [[nodiscard]] Result<void> send(std::span<const std::byte> message);
    [[nodiscard]] Result<void> send(std::span<const std::byte> header, std::span<const std::byte> body);

    /// Writes as much of the queue as the peer takes. Call at the end of a turn in which something was sent; what is
    /// left goes out by takeEvent().
    /// @errors PeerGone, RingViolation
    [[nodiscard]] Result<void> flush();

    /// Bytes that wait for the peer.
    [[nodiscard]] std::size_t pendingOut() const noexcept
    {
        return m_out.size() - m_outStart;
    }

private:
    /// Makes at least `size` unread bytes available, or says that they are not there yet.
    [[nodiscard]] Result<bool> gather(std::size_t size);
    /// Steps over what was to be discarded; false: not all of it is there yet.
    [[nodiscard]] Result<bool> skip();
    /// Reads once; false: short, so the next wake-up is certain.
    [[nodiscard]] Result<bool> receive(std::size_t missing);
    /// Moves what is unread to the front, and gives back what is far too long for it.
    void tidyIn();
    [[nodiscard]] Result<bool> notYet();
    [[nodiscard]] std::span<const std::byte> unread() const noexcept;
    void consume(std::size_t size) noexcept;
    void queue(std::span<const std::byte> bytes);

    std::unique_ptr<Channel> m_channel;
    HeaderRule m_rule;
    const Clock &m_clock;
    StreamLimits m_limits;

    std::vector<std::byte> m_in; ///< read ahead; [m_inStart, m_inEnd) is not given out yet
    std::size_t m_inStart = 0;
    std::size_t m_inEnd = 0;
    std::optional<std::size_t> m_body; ///< of the message whose header is complete
    std::optional<TimePoint> m_started;
    std::size_t m_discard = 0;

    std::vector<std::byte> m_out; ///< from m_outStart on
    std::size_t m_outStart = 0;
};

} // namespace Bulkhead
