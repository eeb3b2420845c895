// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policy/rule.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace Bulkhead::Policy
{

/// A blank line or a comment.
struct NoRule {
    friend bool operator==(const NoRule &, const NoRule &) = default;
};

enum class DirectiveKind : std::uint8_t { Include, IncludeDir, IncludeService, Compat };

/// A line that brings in other files. Source: spec policy, section 4.
struct Directive {
    DirectiveKind kind = DirectiveKind::Include;
    std::string path = {};     ///< as written; empty for Compat
    std::string service = {};  ///< IncludeService
    std::string argument = {}; ///< IncludeService

    friend bool operator==(const Directive &, const Directive &) = default;
};

using Line = std::variant<NoRule, Rule, Directive>;

/// A line of the current format. The rule's place is left to the caller.
/// @errors BadValue; the text says what is wrong, without file and line
/// @source spec policy, section 2
[[nodiscard]] Result<Line> parseLine(std::string_view line);

/// A line of the older format, which says the rest of a rule for a service and argument.
/// @errors BadValue, as parseLine()
/// @source spec policy, 10.1
[[nodiscard]] Result<Line> parseOldLine(std::string_view line, const std::string &service, const std::string &argument);

/// @errors BadValue (letters, an argument other than `*` for the service `*`)
[[nodiscard]] Result<void> checkService(std::string_view service, std::string_view argument);

} // namespace Bulkhead::Policy
