// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/token.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::Policy
{

enum class Verdict : std::uint8_t { Allow, Ask, Deny };

/// The word in a rule and in a log: allow, ask, deny.
[[nodiscard]] std::string_view wordOf(Verdict verdict);

/// What a rule says to a call that it matches. Source: spec policy, 2.1.
struct Action {
    Verdict verdict = Verdict::Deny;
    std::optional<Token> target = {};        ///< allow: call this instead; ask: the only choice
    std::optional<Token> defaultTarget = {}; ///< ask: the choice that is offered first
    std::string user = {};                   ///< empty: the target's default
    std::optional<bool> notify = {};         ///< tell the person; as written
    bool autostart = true;                   ///< false: only targets that run

    friend bool operator==(const Action &, const Action &) = default;
};

/// Where something is written: a file by its number in the set that it was loaded with.
struct Place {
    std::uint32_t file = 0;
    std::uint32_t line = 0; ///< from 1; 0 where no line says it

    friend bool operator==(const Place &, const Place &) = default;
};

/// One rule. Source: spec policy, section 2.
struct Rule {
    std::string service;  ///< `*`: any; then the argument is `*`, too
    std::string argument; ///< `*`: any; otherwise as called, with its `+`
    Token source;
    Token target;
    Action action;
    Place place = {};

    friend bool operator==(const Rule &, const Rule &) = default;
};

inline constexpr std::string_view Any = "*";

/// A line of the current format that says the same.
[[nodiscard]] std::string lineOf(const Rule &rule);
/// Its end, from `allow`, `ask` or `deny` on.
[[nodiscard]] std::string wordsOf(const Action &action);

} // namespace Bulkhead::Policy
