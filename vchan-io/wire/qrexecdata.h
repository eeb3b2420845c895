// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/header.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

/// Messages of a call's data channel, between the end that called and the end that runs the service.
/// Source of all layouts and limits: docs/protocol/qrexec.md, section Data channel.
namespace Bulkhead::Qrexec
{

/// A piece of a stream; an empty one is the stream's end. The bytes are the body's, not a copy.
struct StreamData {
    std::span<const std::byte> bytes;

    [[nodiscard]] bool isEnd() const noexcept
    {
        return bytes.empty();
    }
};

/// For the service's standard input.
struct Input : StreamData {
};

/// From the service's standard output.
struct Output : StreamData {
};

/// From the service's standard error.
struct ErrorOutput : StreamData {
};

/// How the service ended: the last message of a call. Masked to 0…255.
struct ExitCode {
    std::uint8_t status = 0;
    friend bool operator==(const ExitCode &, const ExitCode &) = default;
};

/// Something a caller has no business to send; its bytes are not used, and the call goes on.
struct Disregarded {
    friend bool operator==(const Disregarded &, const Disregarded &) = default;
};

using FromCaller = std::variant<Hello, Input, Disregarded>;
using FromService = std::variant<Hello, Output, ErrorOutput, ExitCode>;

/// Each makes a message of a header that bodyLength() accepted for its link, and the body that followed; the body
/// outlives the message. A stream of the other direction counts as this direction's own: some peers name it so.
/// @errors what bodyLength() says, and BadField
[[nodiscard]] Result<FromCaller>
parseFromCaller(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated);
[[nodiscard]] Result<FromService>
parseFromService(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated);

/// Whole messages with their headers. A piece has at most maxChunk() bytes of the negotiated version; it is asserted
/// for the largest.
[[nodiscard]] std::vector<std::byte> build(const Input &message);
[[nodiscard]] std::vector<std::byte> build(const Output &message);
[[nodiscard]] std::vector<std::byte> build(const ErrorOutput &message);
[[nodiscard]] std::vector<std::byte> build(const ExitCode &message);

/// Only the headers, for who sends the bytes behind them without copying them.
[[nodiscard]] std::vector<std::byte> buildHeader(const Input &message);
[[nodiscard]] std::vector<std::byte> buildHeader(const Output &message);
[[nodiscard]] std::vector<std::byte> buildHeader(const ErrorOutput &message);

} // namespace Bulkhead::Qrexec
