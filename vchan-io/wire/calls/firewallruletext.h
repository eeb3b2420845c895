// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/calls/firewallrule.h"

#include <string>
#include <string_view>

namespace Bulkhead::Firewall
{

/// One rule in the words of the Admin API: `key=value` with single blanks between, `action` among them, each key once,
/// `comment` last. Nothing but the listed letters comes through, so the text can hold no other language's syntax.
/// @errors BadValue, in words for a person
/// @source spec admin-api, 8.10
[[nodiscard]] Result<Rule> parseRule(std::string_view line);

/// One rule a line, the last line's end may be missing; no text is no rule.
/// @errors BadValue, naming the line; TooMuch
[[nodiscard]] Result<Rules> parseRules(std::string_view text);

/// What a net qube is told: a rule without `expire` and `comment`.
/// @errors BadValue
/// @source spec qubesdb, 4.3
[[nodiscard]] Result<Rule> parsePublishedRule(std::string_view text);

/// Canonical: keys in the order of the specification, addresses in their shortest form with the prefix, ports as a
/// range.
[[nodiscard]] std::string textOf(const Rule &rule);
/// One a line, each with its line end.
[[nodiscard]] std::string textOf(const Rules &rules);
/// The form that parsePublishedRule() reads.
[[nodiscard]] std::string publishedTextOf(const Rule &rule);

/// The rules of a qube that was never given any: everything may leave.
[[nodiscard]] const Rules &defaultRules();

} // namespace Bulkhead::Firewall
