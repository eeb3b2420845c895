// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

/// What a qube's agent hands to the fork server of a person's session. Source: docs/protocol/qrexec.md, section Fork
/// server.
namespace Bulkhead::Qrexec
{

/// Run the command in the session, and be the client of the channel.
struct HandOver {
    ExecKind kind = ExecKind::Command;
    ChannelAddress channel = {};
    std::string command; ///< what follows `USER:`, without NULs
    friend bool operator==(const HandOver &, const HandOver &) = default;
};

inline constexpr std::size_t HandOverHeaderSize = 16;

/// How many bytes of command follow the header. Asked before they are read.
/// @errors ShortMessage, LongMessage (not exactly HandOverHeaderSize bytes; or none follow), TooMuch (above
///         MaxLocalBody)
[[nodiscard]] Result<std::size_t> handOverLength(std::span<const std::byte> header);

/// @param command  as many bytes as handOverLength() said, the NUL included
/// @errors what handOverLength() says, UnknownType, BadField (domain, port, no NUL at the end, one before it)
[[nodiscard]] Result<HandOver> parseHandOver(std::span<const std::byte> header, std::span<const std::byte> command);

/// @errors TooMuch, BadValue (a NUL in the command)
[[nodiscard]] Result<std::vector<std::byte>> build(const HandOver &message);

} // namespace Bulkhead::Qrexec
