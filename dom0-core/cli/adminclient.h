// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace Bulkhead::Cli
{

/// What the daemon said to one request.
/// @source spec admin-api, 3
struct Reply {
    enum class Kind : std::uint8_t {
        Content, ///< success; `text` is what it holds
        Refusal, ///< `type` is the exception's name, `text` its words, percent signs single again
        Nothing, ///< no byte: not allowed, not known, or malformed
    };
    Kind kind = Kind::Nothing;
    std::string type;
    std::string text;
};

/// One call of the Admin API from a command line: it waits for the answer, as the person who typed it does.
/// @param service  method, and with a `+` its argument
/// @return the content of the success frame
/// @errors Refused, with the daemon's words; PeerGone, if it answered nothing; Io
/// @source spec admin-api, 2 and 3
[[nodiscard]] Result<std::string> call(const std::filesystem::path &socket,
                                       std::string_view service,
                                       std::string_view destination,
                                       std::string_view payload);

/// The first half of a call: a connection on which the whole request is sent and half-closed.
/// @errors Io; BadValue for a socket's path that is too long
[[nodiscard]] Result<UniqueFd> sendRequest(const std::filesystem::path &socket,
                                           std::string_view service,
                                           std::string_view destination,
                                           std::string_view payload);

/// The begin of a request whose payload is as long as its sender likes: the head is sent, the rest is up to the caller,
/// and so is the half-close.
/// @errors as sendRequest()
[[nodiscard]] Result<UniqueFd>
beginRequest(const std::filesystem::path &socket, std::string_view service, std::string_view destination);

/// Waits until all of it is on its way.
/// @errors Io; PeerGone, if the daemon takes no more: it has answered by then, or has gone
[[nodiscard]] Result<void> sendBytes(const UniqueFd &connection, std::string_view bytes);

/// No more bytes follow; the answer can still come. @errors Io
[[nodiscard]] Result<void> endRequest(const UniqueFd &connection);

/// The second half: waits for the end of the answer.
/// @errors Io
[[nodiscard]] Result<std::string> readAnswer(const UniqueFd &connection);

/// What an answer says. Pure.
[[nodiscard]] Reply parseReply(std::string_view bytes);
[[nodiscard]] Result<std::string> parseAnswer(std::string_view bytes);

} // namespace Bulkhead::Cli
