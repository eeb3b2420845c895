// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/screencommands.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

namespace Bulkhead
{

/// One end of the socket pair between the two halves: whole packets, some with one descriptor, in order, never
/// blocking. What does not fit waits here, up to a limit.
class PacketSocket
{
public:
    /// Packets that may wait to be sent. More than a hurried person's mouse makes while the other half draws one
    /// frame; a half that takes none for so long has stopped working.
    static constexpr std::size_t MaxWaiting = 4096;

    struct Received {
        Screen::Packet packet{};
        UniqueFd descriptor; ///< empty if none came with it
    };

    /// A connected pair, both ends non-blocking.
    /// @errors Io
    [[nodiscard]] static Result<std::pair<UniqueFd, UniqueFd>> makePair();

    /// @param loop  outlives it
    /// @param readable  called when packets may be there to receive(), also when the other half has gone
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<PacketSocket>>
    create(EventLoop &loop, UniqueFd socket, EventLoop::Callback readable);

    PacketSocket(const PacketSocket &) = delete;
    PacketSocket &operator=(const PacketSocket &) = delete;
    ~PacketSocket() = default;

    /// @param descriptor  goes with the packet; empty for none
    /// @errors TooMuch (MaxWaiting), PeerGone, Io
    [[nodiscard]] Result<void> send(const Screen::Packet &packet, UniqueFd descriptor = {});

    /// The next packet, or nothing at present.
    /// @errors PeerGone, BadField (a packet of another size, more than one descriptor), Io
    [[nodiscard]] Result<std::optional<Received>> receive();

    /// Whether something waits for the other half to take it.
    [[nodiscard]] bool isBehind() const noexcept
    {
        return !m_waiting.empty();
    }

    /// Called once each time nothing waits any more.
    void onCaughtUp(EventLoop::Callback caughtUp)
    {
        m_caughtUp = std::move(caughtUp);
    }

private:
    struct Waiting {
        Screen::Packet packet;
        UniqueFd descriptor;
    };

    PacketSocket(EventLoop &loop, UniqueFd socket, EventLoop::Callback readable);

    [[nodiscard]] Result<void> watch(Readiness readiness);
    [[nodiscard]] Result<bool> trySend(const Waiting &waiting) const;
    [[nodiscard]] Result<void> sendWaiting();
    void onReady();

    EventLoop &m_loop;
    UniqueFd m_socket;
    EventLoop::Callback m_readable;
    EventLoop::Callback m_caughtUp;
    EventLoop::Handle m_watch;
    std::deque<Waiting> m_waiting;
};

} // namespace Bulkhead
