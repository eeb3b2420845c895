// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace Bulkhead
{

enum class ChannelState : std::uint8_t {
    Waiting, ///< the other end is not there yet
    Open,
    Closed, ///< the other end closed or died, or broke the ring; nothing can be written any more
};

/// One end of a byte stream in both directions between two domains: a vchan. Which backend carries it is chosen in
/// main() and known to nobody above. Main thread only; no call blocks or waits for the peer (spec security, R-15).
///
/// Use: poll pollFd() for reading. When it is readable call takeEvent() once, then read() and write() until each takes
/// or gives less than was asked for; only after such a short call is the next wake-up certain. Wake-ups are coalesced.
class Channel
{
public:
    Channel() = default;
    Channel(const Channel &) = delete;
    Channel &operator=(const Channel &) = delete;
    /// Closes this end; the peer sees it at once.
    virtual ~Channel() = default;

    /// Stays the same for the channel's life and is owned by it.
    [[nodiscard]] virtual int pollFd() const noexcept = 0;

    /// Takes the pending wake-up and moves the state on (Waiting to Open, anything to Closed).
    /// @errors RingViolation, Io; the state is Closed afterwards
    [[nodiscard]] virtual Result<ChannelState> takeEvent() = 0;

    [[nodiscard]] virtual ChannelState state() const noexcept = 0;

    /// Copies what has arrived, at most into.size() bytes; 0 means nothing at present. Each byte of shared memory is
    /// read once. Bytes that arrived before the peer closed can still be read.
    /// @errors PeerGone (closed and drained), RingViolation
    [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> into) = 0;

    /// Copies as much as there is room for; 0 means none at present.
    /// @errors PeerGone, RingViolation, WrongState (still Waiting)
    [[nodiscard]] virtual Result<std::size_t> write(std::span<const std::byte> from) = 0;

    /// Bytes that can wait in the channel itself for the peer: what is no longer than this lies in it whole once the
    /// peer has read what was before. 0 while Waiting.
    [[nodiscard]] virtual std::size_t outgoingCapacity() const noexcept = 0;

    /// The peer is told. Reading and writing fail afterwards.
    virtual void close() noexcept = 0;

    /// Lets go of what only opening needed and what would be power in the hands of a peer that took this process over.
    /// Once Open, before the process confines itself. Whoever keeps the process then sees to it that it ends with the
    /// peer's domain.
    virtual void shedPowers() noexcept
    {
    }
};

} // namespace Bulkhead
