// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/header.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

/// What the parsers of all links share. For the message files only.
namespace Bulkhead::Qrexec
{

/// The type, after everything about header and body size was checked against the link's table.
/// @errors what bodyLength() says
[[nodiscard]] Result<MessageType> acceptedType(Link link,
                                               const Header &header,
                                               std::span<const std::byte> body,
                                               std::optional<ProtocolVersion> negotiated);

/// @errors ShortMessage, LongMessage
[[nodiscard]] Result<Hello> parseHello(std::span<const std::byte> body);

/// A header, and the body behind it.
[[nodiscard]] std::vector<std::byte> frame(MessageType type, std::span<const std::byte> body);

} // namespace Bulkhead::Qrexec
