// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/untrusted.h"
#include "vchan-io/wire/header.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
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

/// @errors BadField
[[nodiscard]] Result<DomId> parseDomain(Untrusted<std::uint32_t> raw);
/// A port for data.
/// @errors BadField
[[nodiscard]] Result<Port> parsePort(Untrusted<std::uint32_t> raw);
/// A text that ends with the only NUL in it, without that: a view into the bytes.
/// @errors BadField
[[nodiscard]] Result<std::string_view> terminatedText(std::span<const std::byte> bytes);

/// @errors ShortMessage, LongMessage
[[nodiscard]] Result<Hello> parseHello(std::span<const std::byte> body);

/// A header, and the body behind it.
[[nodiscard]] std::vector<std::byte> frame(MessageType type, std::span<const std::byte> body);

} // namespace Bulkhead::Qrexec
