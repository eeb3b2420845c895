// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/ids.h"
#include "base/qubename.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

namespace Bulkhead::Drag
{

/// Bytes of each message of a qube's drag agent, and of each to it. Source: docs/protocol/drag.md.
inline constexpr std::size_t FromAgentSize = 24;
inline constexpr std::size_t ToAgentSize = 56;

/// Which hand-over a message belongs to. dom0 counts them; an answer that names one that is over changes nothing
///
using Token = Id<struct DragTokenTag, std::uint32_t>;

/// Files and directories that one drag may name.
inline constexpr std::uint32_t MostFiles = 4096;
/// Bytes that one drag may promise: far more than any disk, and sums of it fit.
inline constexpr std::uint64_t MostBytes = std::uint64_t{1} << 50;

// --- from a qube's agent: hearsay ------------------------------------------------------------------------------------

/// First, and once.
struct AgentHello {
    friend bool operator==(const AgentHello &, const AgentHello &) = default;
};

/// A program of the qube says that a drag has begun.
struct Began {
    friend bool operator==(const Began &, const Began &) = default;
};

/// What the drag offers, as an answer to List.
struct Listed {
    Token token;
    std::uint32_t files = 0; ///< 0: nothing that can be copied; at most MostFiles
    std::uint64_t bytes = 0; ///< of their contents, at most MostBytes
    friend bool operator==(const Listed &, const Listed &) = default;
};

/// Bytes that are on their way or behind it.
struct Progress {
    Token token;
    std::uint64_t bytes = 0;
    friend bool operator==(const Progress &, const Progress &) = default;
};

enum class SendOutcome : std::uint8_t {
    Whole = 0,     ///< the receiver has confirmed that it is on disk
    Refused = 1,   ///< the call was refused
    Cancelled = 2, ///< as it was told
    Failed = 3,
    Exists = 4, ///< the receiver has a file of such a name already; nothing was replaced
};

struct Sent {
    Token token;
    SendOutcome outcome = SendOutcome::Failed;
    friend bool operator==(const Sent &, const Sent &) = default;
};

/// Bytes that fit into the qube, as an answer to Expect.
struct Room {
    Token token;
    std::uint64_t bytes = 0;
    friend bool operator==(const Room &, const Room &) = default;
};

/// What became of Offer.
struct Offered {
    Token token;
    bool isTaken = false; ///< the program under the pointer took the files
    friend bool operator==(const Offered &, const Offered &) = default;
};

using FromAgent = std::variant<AgentHello, Began, Listed, Progress, Sent, Room, Offered>;

// --- to a qube's agent -----------------------------------------------------------------------------------------------

/// What does the drag of now offer? It is kept for this token.
struct List {
    Token token;
    friend bool operator==(const List &, const List &) = default;
};

/// Copy what was listed to this qube.
struct Send {
    Token token;
    QubeName target;
    friend bool operator==(const Send &, const Send &) = default;
};

/// The token is over: what runs for it ends, what was kept for it goes.
struct Forget {
    Token token;
    friend bool operator==(const Forget &, const Forget &) = default;
};

/// Files of this qube will come. How much room is there?
struct Expect {
    Token token;
    QubeName source;
    friend bool operator==(const Expect &, const Expect &) = default;
};

/// They have come: offer them to the program in this window, at this place of the screen.
struct Offer {
    Token token;
    WindowId window;
    Point pointer;
    friend bool operator==(const Offer &, const Offer &) = default;
};

/// Show the person where the files of this qube lie.
struct Show {
    QubeName source;
    friend bool operator==(const Show &, const Show &) = default;
};

using ToAgent = std::variant<List, Send, Forget, Expect, Offer, Show>;

[[nodiscard]] std::array<std::byte, FromAgentSize> build(const FromAgent &message);
[[nodiscard]] std::array<std::byte, ToAgentSize> build(const ToAgent &message);

/// @errors ShortMessage, LongMessage, UnknownType, BadField
[[nodiscard]] Result<FromAgent> parseFromAgent(std::span<const std::byte> message);
/// @errors the same, and BadValue (no qube's name)
[[nodiscard]] Result<ToAgent> parseToAgent(std::span<const std::byte> message);

} // namespace Bulkhead::Drag
