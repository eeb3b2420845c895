// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"
#include "vchan-io/wire/calls/policyfile.h"
#include "vchan-io/wire/calls/policyreply.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

/// Calls that read and change policy files. A caller is dom0 or a qube that the policy itself lets.
/// @source spec policy, sections 13 and 14; docs/protocol/qrexec.md, "Policy files"
namespace Bulkhead::PolicyAdmin
{

/// Most bytes of a file's content (L-22).
inline constexpr std::size_t MaxContent = std::size_t{16} * 1024 * 1024;
/// Most bytes of a payload: a token, LF, a content.
inline constexpr std::size_t MaxPayload = MaxContent + 128;
/// Longest value of RegisterArgument.
inline constexpr std::size_t MaxRegisteredValue = 64;

/// SHA-256 of a content.
using Digest = std::array<std::byte, 32>;

/// What the caller takes the file to be; otherwise nothing is to happen.
struct AnyContent {
    friend bool operator==(const AnyContent &, const AnyContent &) = default;
};

struct NoFile {
    friend bool operator==(const NoFile &, const NoFile &) = default;
};

using Token = std::variant<AnyContent, NoFile, Digest>;

/// `any`, `new` or `sha256:` and 64 digits of [0-9a-f].
/// @errors BadField
[[nodiscard]] Result<Token> parseToken(std::string_view text);
[[nodiscard]] std::string tokenText(const Digest &digest);

struct List {
    Folder folder;
    friend bool operator==(const List &, const List &) = default;
};

struct Get {
    PolicyFile file;
    friend bool operator==(const Get &, const Get &) = default;
};

struct Replace {
    PolicyFile file; ///< one that may be written
    Token token;
    std::string content; ///< any bytes: the policy's own parser judges them
    friend bool operator==(const Replace &, const Replace &) = default;
};

struct Remove {
    PolicyFile file;
    Token token;
    friend bool operator==(const Remove &, const Remove &) = default;
};

/// Which files speak of a service.
struct GetFiles {
    std::string service; ///< [A-Za-z0-9_.-], not empty
    friend bool operator==(const GetFiles &, const GetFiles &) = default;
};

/// Lets `frontend` call `service` with this one argument of `backend`, which asks for it itself.
struct RegisterArgument {
    std::string service; ///< as above
    std::string value;   ///< [A-Za-z0-9_.-], 1 to MaxRegisteredValue
    QubeName frontend;
    QubeName backend;
    friend bool operator==(const RegisterArgument &, const RegisterArgument &) = default;
};

using Request = std::variant<List, Get, Replace, Remove, GetFiles, RegisterArgument>;

/// A whole request: a service's head with its NUL, then the payload. Whether the caller may ask is the policy's
/// business and was settled before.
[[nodiscard]] Answered<Request> parseRequest(std::string_view bytes);

} // namespace Bulkhead::PolicyAdmin
