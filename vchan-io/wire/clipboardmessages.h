// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

/// What the screen half of a gui-daemon and bulkhead-clipboard say to each other over a SOCK_SEQPACKET socket: one
/// packet a message, all of one size. No text is in them. Source: docs/protocol/clipboard.md.
namespace Bulkhead::Clipboard
{

/// Bytes of every packet in both directions: u32 kind and three u32; what a kind does not use is zero.
inline constexpr std::size_t PacketSize = 16;
using Packet = std::array<std::byte, PacketSize>;

/// Bytes of a text that may be copied from a qube: the setting's range and what it is without one.
/// Source: spec clipboard, section 4.
inline constexpr std::uint32_t LeastSizeLimit = 256;
inline constexpr std::uint32_t MostSizeLimit = 256000;
inline constexpr std::uint32_t DefaultSizeLimit = 64000;

// --- from the screen half --------------------------------------------------------------------------------------------

/// First, and once.
struct Hello {
    std::uint32_t sizeLimit = DefaultSizeLimit; ///< bytes that may be copied from this qube
    friend bool operator==(const Hello &, const Hello &) = default;
};

/// The person pressed the copy keys in this window.
struct CopyPressed {
    WindowId window;
    std::uint32_t time = 0; ///< X time of the event, milliseconds
    friend bool operator==(const CopyPressed &, const CopyPressed &) = default;
};

/// The person pressed the paste keys in this window: where the text would go can be shown, nothing is given yet.
struct PastePressed {
    WindowId window;
    std::uint32_t time = 0;
    friend bool operator==(const PastePressed &, const PastePressed &) = default;
};

/// The paste keys were let go, with the focus still in the same window: now it is meant.
struct PasteReleased {
    WindowId window;
    friend bool operator==(const PasteReleased &, const PasteReleased &) = default;
};

/// The focus went elsewhere before the paste keys were let go.
struct PasteAbandoned {
    WindowId window;
    friend bool operator==(const PasteAbandoned &, const PasteAbandoned &) = default;
};

using Gesture = std::variant<Hello, CopyPressed, PastePressed, PasteReleased, PasteAbandoned>;

// --- from bulkhead-clipboard -----------------------------------------------------------------------------------------

/// Carries the writing end of one answer: the qube's text is wanted there.
struct Ask {
    WindowId window;
    friend bool operator==(const Ask &, const Ask &) = default;
};

/// Carries one end of a stream from which the qube's new text comes.
struct Give {
    WindowId window;
    std::uint32_t length = 0; ///< bytes of it, 1 to MostSizeLimit
    friend bool operator==(const Give &, const Give &) = default;
};

using Order = std::variant<Ask, Give>;

[[nodiscard]] Packet build(const Gesture &gesture);
[[nodiscard]] Packet build(const Order &order);

/// @errors ShortMessage, LongMessage (a packet of another size), UnknownType, BadField
[[nodiscard]] Result<Gesture> parseGesture(std::span<const std::byte> packet);
[[nodiscard]] Result<Order> parseOrder(std::span<const std::byte> packet);

// --- on the streams that stand for a gesture -------------------------------------------------------------------------

/// What stands before the text of an answer: u32, how many bytes follow.
inline constexpr std::size_t AnswerHeaderSize = 4;
/// An answer may be as long as the GUI protocol's longest text, which says "more than allowed".
inline constexpr std::uint32_t LongestAnswer = MostSizeLimit + 1;

[[nodiscard]] std::array<std::byte, AnswerHeaderSize> buildAnswerHeader(std::uint32_t length);
/// @errors ShortMessage, LongMessage, BadField (more than LongestAnswer)
[[nodiscard]] Result<std::uint32_t> parseAnswerHeader(std::span<const std::byte> bytes);

/// What the receiver of a text writes: before the first byte, and after the last.
inline constexpr std::byte ReadyForText{'r'};
inline constexpr std::byte TextDelivered{'d'};

} // namespace Bulkhead::Clipboard
