// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "vchan-io/transport/messagestream.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

/// A peer whose bytes arrive in pieces of any size: what a stream makes of them must not depend on the pieces.
namespace Bulkhead::Fuzz
{

using Bytes = std::span<const std::byte>;

inline Bytes asBytes(const std::uint8_t *data, std::size_t size)
{
    return std::as_bytes(std::span(data, size));
}

/// Sizes of pieces; 0 gives everything at once.
class Pieces
{
public:
    explicit Pieces(std::uint8_t seed) noexcept
        : m_state(seed)
    {
    }

    [[nodiscard]] std::size_t next() noexcept
    {
        if (m_state == 0) {
            return SIZE_MAX;
        }
        m_state = m_state * 1664525U + 1013904223U; // any sequence will do, as long as it is the same every time
        const unsigned kind = m_state >> 30;
        const std::size_t size = (m_state >> 16) & 0xFF;
        return kind == 0 ? 0 : (kind == 1 ? size * 64 : size % 16);
    }

private:
    std::uint32_t m_state;
};

class SplitChannel final : public Channel
{
public:
    SplitChannel(Bytes bytes, Pieces pieces) noexcept
        : m_left(bytes)
        , m_pieces(pieces)
    {
    }

    [[nodiscard]] int pollFd() const noexcept override
    {
        return -1;
    }

    [[nodiscard]] Result<ChannelState> takeEvent() override
    {
        return ChannelState::Open;
    }

    [[nodiscard]] ChannelState state() const noexcept override
    {
        return ChannelState::Open;
    }

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override
    {
        const std::size_t size = std::min({into.size(), m_left.size(), m_pieces.next()});
        std::ranges::copy(m_left.first(size), into.begin());
        m_left = m_left.subspan(size);
        return size;
    }

    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> from) override
    {
        return from.size();
    }

    [[nodiscard]] std::size_t outgoingCapacity() const noexcept override
    {
        return SIZE_MAX;
    }

    void close() noexcept override
    {
        m_left = {};
    }

    [[nodiscard]] bool isEmpty() const noexcept
    {
        return m_left.empty();
    }

private:
    Bytes m_left;
    Pieces m_pieces;
};

/// Time stands still: deadlines are not this target's subject.
class NoTime final : public Clock
{
public:
    [[nodiscard]] TimePoint now() const override
    {
        return {};
    }
};

/// What a receiver made of a stream: each message as it would be sent on, and how it ended.
struct Transcript {
    std::vector<std::vector<std::byte>> messages;
    std::optional<Errc> end;

    friend bool operator==(const Transcript &, const Transcript &) = default;
};

/// Feeds the stream in pieces. `take` parses one message and gives its transcript.
template<typename Take> Transcript run(Bytes bytes, Pieces pieces, HeaderRule rule, Take take)
{
    const NoTime clock;
    auto channel = std::make_unique<SplitChannel>(bytes, pieces);
    const SplitChannel &source = *channel;
    MessageStream stream(std::move(channel), std::move(rule), clock);
    Transcript transcript;
    while (true) {
        const bool wasEmpty = source.isEmpty();
        const auto next = stream.next();
        if (!next) {
            transcript.end = next.error().code;
            return transcript;
        }
        if (*next) {
            auto taken = take((*next)->header, (*next)->body);
            if (!taken) {
                transcript.end = taken.error().code;
                return transcript;
            }
            transcript.messages.push_back(*std::move(taken));
        } else if (wasEmpty) {
            return transcript;
        }
    }
}

} // namespace Bulkhead::Fuzz
