// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace Bulkhead::Policy
{

/// What a word for a qube, or for several, is. Source: spec policy, section 3.
enum class TokenKind : std::uint8_t {
    Anything,  ///< `*`: dom0, no target and disposables included
    AnyVm,     ///< `@anyvm`: anything but dom0
    AdminVm,   ///< `@adminvm`: dom0
    Default,   ///< `@default`: the caller named no target
    Qube,      ///< a name or `uuid:U`; need not exist
    Dispvm,    ///< `@dispvm`: a new disposable of the caller's default template
    DispvmOf,  ///< `@dispvm:NAME`: a new disposable of that template
    DispvmTag, ///< `@dispvm:@tag:T`: a new disposable of a template with the tag
    Tag,       ///< `@tag:T`
    Type,      ///< `@type:T`
};

/// Where a word stands, which says what it may be.
enum class Column : std::uint8_t {
    Source,
    Target,
    Redirect, ///< target= and default_target=
    Caller,   ///< what a caller asks for
};

/// One such word. Values of a column hold only kinds that may stand there.
struct Token {
    TokenKind kind = TokenKind::Default;
    std::string name; ///< of the qube, template, tag or class; empty where the kind says all

    /// As it is written in a file.
    [[nodiscard]] std::string spelling() const;
    /// In any of its three spellings.
    [[nodiscard]] bool isDom0() const noexcept;

    friend bool operator==(const Token &, const Token &) = default;
};

/// Whether a name or `uuid:U` is dom0's.
[[nodiscard]] bool isDom0Name(std::string_view designation) noexcept;

/// @errors BadValue (empty, unknown, not in this column)
[[nodiscard]] Result<Token> parseToken(std::string_view text, Column column);

} // namespace Bulkhead::Policy
