// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <cstddef>
#include <span>
#include <vector>

namespace Bulkhead
{

/// Most descriptors that a message of ours carries: a channel's memory and bell.
inline constexpr std::size_t MaxMessageFds = 2;

/// One message of a SOCK_SEQPACKET socket.
struct FdMessage {
    std::size_t size = 0;      ///< bytes, at the front of the caller's buffer; 0: the other end closed
    std::vector<UniqueFd> fds; ///< close-on-exec, in the sender's order
};

/// Sends one message whole, without waiting.
/// @param fds  at most MaxMessageFds; stay the caller's
/// @errors PeerGone, TooMuch (the receiver does not keep up), Io
[[nodiscard]] Result<void> sendWithFds(int socket, std::span<const std::byte> bytes, std::span<const int> fds);

/// Takes one message, without waiting. Whatever is wrong with it, no descriptor of it stays open.
/// @errors WrongState (nothing there yet), LongMessage (more bytes than `into` holds), TooMuch (more descriptors than
///         MaxMessageFds), PeerGone, Io
[[nodiscard]] Result<FdMessage> receiveWithFds(int socket, std::span<std::byte> into);

} // namespace Bulkhead
