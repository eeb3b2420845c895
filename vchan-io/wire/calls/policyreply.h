// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace Bulkhead::PolicyAdmin
{

/// Why a call about policy files is not done, in the field's classes. Source: spec policy, section 13.
enum class ErrorClass : std::uint8_t {
    General,
    Token, ///< the file is not, or no longer, what the caller thinks
    FileNotFound,
    Protocol, ///< no such call, or one that is spelled wrong
    Syntax,   ///< the policy could not be read with this change
    InvalidFileName,
    InvalidFilePath, ///< what is there is no file of the policy's own
};

/// The field's name: `PolicyAdminException` and so on.
[[nodiscard]] std::string_view nameOf(ErrorClass error);

/// Nothing was changed.
struct Refusal {
    ErrorClass kind = ErrorClass::General;
    std::string message; ///< our own words and names of files

    friend bool operator==(const Refusal &, const Refusal &) = default;
};

template<typename T> using Answered = std::expected<T, Refusal>;

/// What the service's program does with an answer.
struct Reply {
    enum class Kind : std::uint8_t {
        Content, ///< to the standard output, status 0
        Refused, ///< to the standard error, status 1: `CLASS message`
        Broken,  ///< the same with status 2: a fault of the machine, like a full disk
    };

    Kind kind = Kind::Broken;
    std::string text = {};

    friend bool operator==(const Reply &, const Reply &) = default;
};

/// Most bytes of a whole reply: a policy file, its digest, the byte before it.
inline constexpr std::size_t MaxReply = std::size_t{16} * 1024 * 1024 + 128;

[[nodiscard]] Reply replyOf(const Answered<std::string> &answer);

/// A digit and a NUL, then the text until the end of the stream.
[[nodiscard]] std::string buildReply(const Reply &reply);
/// @errors ShortMessage, LongMessage, BadField
[[nodiscard]] Result<Reply> parseReply(std::string_view bytes);

} // namespace Bulkhead::PolicyAdmin
