// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// What the local driver's domains say to bulkhead-exchange, and what it answers. One SOCK_SEQPACKET connection a
/// request; who asks is told by the socket it came in at, never by the message. Source: docs/protocol/exchange.md.
namespace Bulkhead::Exchange
{

enum class Ask : std::uint32_t {
    Serve = 1,      ///< offer a port to the peer. May carry the asker's page arena for that peer
    Connect = 2,    ///< reach a port that the peer offers. May carry an arena, too
    GrantPages = 3, ///< a fresh page arena for the peer, to write
    MapPages = 4,   ///< the peer's page arenas for the asker, to read, one after the other as the peer makes them
};

/// Largest ring that is asked for: what is above is cut.
inline constexpr std::uint32_t MaxRingBytes = 1U << 20;

struct Request {
    Ask ask = Ask::Serve;
    DomId peer = Dom0;
    Port port{0};               ///< Serve and Connect; else 0
    std::uint32_t toServer = 0; ///< bytes of the ring; Serve only, at least 1; else 0
    std::uint32_t toClient = 0;

    friend bool operator==(const Request &, const Request &) = default;
};

enum class Answer : std::uint32_t {
    ChannelEnd = 1, ///< with the channel's memory and this end's bell
    Arena = 2,      ///< with the arena's memory
    Gone = 3,       ///< no such domain, or not any more
    Refused = 4,    ///< the request is one that cannot be met: a channel of a domain with itself
};

inline constexpr std::size_t RequestSize = 20;
inline constexpr std::size_t AnswerSize = 4;

/// @errors ShortMessage, LongMessage, UnknownType, BadField
[[nodiscard]] Result<Request> parseRequest(std::span<const std::byte> bytes);
/// @errors ShortMessage, LongMessage, UnknownType
[[nodiscard]] Result<Answer> parseAnswer(std::span<const std::byte> bytes);

[[nodiscard]] std::vector<std::byte> build(const Request &request);
[[nodiscard]] std::vector<std::byte> build(Answer answer);

} // namespace Bulkhead::Exchange
