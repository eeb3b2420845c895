// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/messagestream.h"

#include <string.h> // explicit_bzero()

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

/// Read ahead by so much: small messages share a call, and no more than this is held beside one message.
constexpr std::size_t ReadAhead = std::size_t{16} << 10;
/// A body this long goes straight from the caller's memory into the channel where it can.
constexpr std::size_t DirectWrite = std::size_t{4} << 10;
/// A buffer that one large message made longer than this is given back when it is empty. A stream of the largest
/// messages that data channels have, 64 KiB each, keeps it.
constexpr std::size_t KeptBuffer = std::size_t{128} << 10;

/// What went through may be a person's secret: it is not left in memory that is used for something else afterwards.
void overwrite(std::span<std::byte> bytes)
{
    if (!bytes.empty()) { // no bytes have no place
        explicit_bzero(bytes.data(), bytes.size());
    }
}

/// Like the vector's own growing, without leaving the content where it was.
void makeLonger(std::vector<std::byte> &buffer, std::size_t size)
{
    if (size > buffer.capacity()) {
        std::vector<std::byte> longer;
        longer.reserve(std::max(size, 2 * buffer.capacity()));
        longer.assign(buffer.begin(), buffer.end());
        overwrite(buffer);
        buffer.swap(longer);
    }
    buffer.resize(size);
}

} // namespace

MessageStream::MessageStream(std::unique_ptr<Channel> channel, HeaderRule rule, const Clock &clock, StreamLimits limits)
    : m_channel(std::move(channel))
    , m_rule(std::move(rule))
    , m_clock(clock)
    , m_limits(limits)
{
    BH_ASSERT(m_channel != nullptr && m_rule.headerSize > 0 && m_rule.bodyLength);
}

Result<ChannelState> MessageStream::takeEvent()
{
    BH_TRY(const ChannelState state, m_channel->takeEvent());
    if (state == ChannelState::Open) {
        BH_CHECK(flush());
    }
    return state;
}

Result<std::optional<StreamMessage>> MessageStream::next()
{
    BH_TRY(const bool atMessage, skip());
    if (!atMessage) {
        return std::nullopt;
    }
    if (!m_body) {
        BH_TRY(const bool headerThere, gather(m_rule.headerSize));
        if (!headerThere) {
            return std::nullopt;
        }
        BH_TRY(m_body, m_rule.bodyLength(unread().first(m_rule.headerSize)));
    }
    const std::size_t total = m_rule.headerSize + *m_body;
    BH_TRY(const bool bodyThere, gather(total));
    if (!bodyThere) {
        return std::nullopt;
    }
    const StreamMessage message{
        .header = unread().first(m_rule.headerSize),
        .body = unread().subspan(m_rule.headerSize, *m_body),
    };
    m_body.reset();
    consume(total);
    return message;
}

Result<std::optional<std::span<const std::byte>>> MessageStream::nextRaw(std::size_t size)
{
    BH_ASSERT(!m_body);
    BH_TRY(const bool there, gather(size));
    if (!there) {
        return std::nullopt;
    }
    const std::span<const std::byte> item = unread().first(size);
    consume(size);
    return item;
}

std::optional<TimePoint> MessageStream::deadline() const noexcept
{
    return m_started.transform([this](TimePoint started) {
        return started + m_limits.startedMessage;
    });
}

Result<void> MessageStream::send(std::span<const std::byte> message)
{
    return send(message, {});
}

Result<void> MessageStream::send(std::span<const std::byte> header, std::span<const std::byte> body)
{
    if (m_channel->state() == ChannelState::Closed) {
        return fail(Errc::PeerGone, "the other end closed");
    }
    if (header.size() + body.size() > m_limits.outgoing - pendingOut()) {
        return fail(Errc::TooMuch, "the peer does not read what it is sent");
    }
    queue(header);
    if (body.size() >= DirectWrite && m_channel->state() == ChannelState::Open) {
        BH_CHECK(flush());
        if (pendingOut() == 0) {
            BH_TRY(const std::size_t written, m_channel->write(body));
            body = body.subspan(written);
        }
    }
    queue(body);
    return {};
}

Result<void> MessageStream::flush()
{
    if (m_channel->state() == ChannelState::Waiting || pendingOut() == 0) {
        return {};
    }
    BH_TRY(const std::size_t written, m_channel->write(std::span(m_out).subspan(m_outStart)));
    overwrite(std::span(m_out).subspan(m_outStart, written));
    m_outStart += written;
    if (pendingOut() == 0) {
        m_outStart = 0;
        m_out.clear();
        if (m_out.capacity() > KeptBuffer) {
            m_out = {};
        }
    }
    return {};
}

Result<bool> MessageStream::skip()
{
    while (m_discard > 0) {
        BH_TRY(const bool isThere, gather(1));
        if (!isThere) {
            return false;
        }
        const std::size_t count = std::min(m_discard, unread().size());
        consume(count);
        m_discard -= count;
    }
    return true;
}

Result<bool> MessageStream::gather(std::size_t size)
{
    while (unread().size() < size) {
        BH_TRY(const bool mayBeMore, receive(size - unread().size()));
        if (!mayBeMore && unread().size() < size) {
            return notYet();
        }
    }
    return true;
}

Result<bool> MessageStream::receive(std::size_t missing)
{
    tidyIn();
    // In steps that follow what has arrived, so that a length in a header costs no memory before its bytes are there;
    // memory that is here already costs nothing.
    const std::size_t free = m_in.size() - m_inEnd;
    const std::size_t step = std::clamp(missing, ReadAhead, std::max({ReadAhead, unread().size(), free}));
    if (free < step) {
        makeLonger(m_in, m_inEnd + step);
    }
    BH_TRY(const std::size_t count, m_channel->read(std::span(m_in).subspan(m_inEnd, step)));
    m_inEnd += count;
    return count == step;
}

void MessageStream::tidyIn()
{
    if (m_inStart > 0) {
        std::ranges::copy(unread(), m_in.begin());
        const std::size_t consumed = std::exchange(m_inStart, 0);
        m_inEnd -= consumed;
        overwrite(std::span(m_in).subspan(m_inEnd, consumed));
    }
    if (m_inEnd == 0 && m_in.size() > KeptBuffer) {
        m_in = {};
    }
}

Result<bool> MessageStream::notYet()
{
    if (unread().empty()) {
        return false;
    }
    const TimePoint now = m_clock.now();
    if (!m_started) {
        m_started = now;
    }
    if (now - *m_started >= m_limits.startedMessage) {
        return fail(Errc::TimedOut, "a message was begun and not finished");
    }
    return false;
}

std::span<const std::byte> MessageStream::unread() const noexcept
{
    return std::span(m_in).subspan(m_inStart, m_inEnd - m_inStart);
}

void MessageStream::consume(std::size_t size) noexcept
{
    m_inStart += size;
    m_started.reset();
}

void MessageStream::queue(std::span<const std::byte> bytes)
{
    if (m_outStart > m_limits.outgoing / 2) {
        std::ranges::copy(std::span(m_out).subspan(m_outStart), m_out.begin());
        const std::size_t waiting = pendingOut();
        overwrite(std::span(m_out).subspan(waiting));
        m_out.resize(waiting);
        m_outStart = 0;
    }
    const std::size_t before = m_out.size();
    makeLonger(m_out, before + bytes.size());
    std::ranges::copy(bytes, m_out.begin() + static_cast<std::ptrdiff_t>(before));
}

} // namespace Bulkhead
