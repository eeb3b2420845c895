// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/token.h"

#include "base/formatted.h"
#include "base/printable.h"

#include <algorithm>
#include <array>

namespace Bulkhead::Policy
{

namespace
{

/// One kind: how it is written, what follows, and where it may stand.
struct Form {
    TokenKind kind;
    std::string_view text;
    bool hasName;
    std::uint8_t columns; ///< bits, 1 << Column
};

constexpr std::uint8_t in(Column column)
{
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(column));
}

constexpr std::uint8_t Rules = in(Column::Source) | in(Column::Target);
constexpr std::uint8_t Requests = in(Column::Redirect) | in(Column::Caller);

/// Longer beginnings before shorter ones.
constexpr std::array Forms{
    Form{TokenKind::Anything, "*", false, Rules},
    Form{TokenKind::AnyVm, "@anyvm", false, Rules},
    Form{TokenKind::AdminVm, "@adminvm", false, Rules | Requests},
    Form{TokenKind::Default, "@default", false, in(Column::Target) | in(Column::Caller)},
    Form{TokenKind::Dispvm, "@dispvm", false, in(Column::Target) | Requests},
    Form{TokenKind::DispvmTag, "@dispvm:@tag:", true, Rules},
    Form{TokenKind::DispvmOf, "@dispvm:", true, Rules | Requests},
    Form{TokenKind::Tag, "@tag:", true, Rules},
    Form{TokenKind::Type, "@type:", true, Rules},
};

constexpr std::string_view Dom0Uuid = "uuid:00000000-0000-0000-0000-000000000000";

std::string_view nameOf(Column column)
{
    switch (column) {
    case Column::Source:
        return "a source";
    case Column::Target:
        return "a target";
    case Column::Redirect:
        return "target= or default_target=";
    case Column::Caller:
        return "what a caller asks for";
    }
    std::unreachable();
}

bool isOf(const Form &form, std::string_view text)
{
    return form.hasName ? text.starts_with(form.text) : text == form.text;
}

} // namespace

std::string Token::spelling() const
{
    const auto *const form = std::ranges::find(Forms, kind, &Form::kind);
    return form == Forms.end() ? name : std::string(form->text) + name;
}

bool Token::isDom0() const noexcept
{
    return kind == TokenKind::AdminVm || (kind == TokenKind::Qube && isDom0Name(name));
}

bool isDom0Name(std::string_view designation) noexcept
{
    return designation == "dom0" || designation == Dom0Uuid;
}

Result<Token> parseToken(std::string_view text, Column column)
{
    if (text.empty()) {
        return fail(Errc::BadValue, "invalid (empty) token");
    }
    const auto *const form = std::ranges::find_if(Forms, [text](const Form &candidate) {
        return isOf(candidate, text);
    });
    if (form == Forms.end()) {
        if (text.front() == '@') {
            return fail(Errc::BadValue, formatted("invalid token: {}", printable(text)));
        }
        return Token{.kind = TokenKind::Qube, .name = std::string(text)};
    }
    const std::string_view name = text.substr(form->text.size());
    if (form->hasName && (name.empty() || name.front() == '@')) {
        return fail(Errc::BadValue, formatted("invalid token: {}", printable(text)));
    }
    if ((form->columns & in(column)) == 0) {
        return fail(Errc::BadValue, formatted("invalid token: {} cannot be {}", printable(text), nameOf(column)));
    }
    return Token{.kind = form->kind, .name = std::string(name)};
}

} // namespace Bulkhead::Policy
