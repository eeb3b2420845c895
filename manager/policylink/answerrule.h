// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/policylink/policymessages.h"

#include <QLatin1StringView>
#include <QString>

#include <cstdint>

namespace Bulkhead
{

/// For how long an answer holds.
enum class Term : std::uint8_t {
    Once,
    UntilShutdown, ///< by the memory of the program that asks
    Always,        ///< by a rule of the policy
};

/// The policy's file of answers that hold for ever, without its suffix: before the person's own rules, which such an
/// answer is about as a rule, and after those that no answer is to change.
inline constexpr QLatin1StringView AnswerFile("29-answers");

/// Whether a line in that file decides such a call from then on: not where the rule that asks stands in a file that is
/// read before, or in that one. Where policyd does not tell, it is thought to.
[[nodiscard]] bool isAnswerFileAhead(const Question &question);

/// A policy line that answers a question from now on: this caller, this service with this argument, whom this caller
/// named, and nothing else. Empty where none can say just that: policyd has not told what it takes, or the answer would
/// let a qube into dom0, which a person does not grant in passing.
/// @param target  one of the question's
/// @source spec ui, section 11 (Remember…); spec policy, section 2
[[nodiscard]] QString allowRule(const Question &question, const QString &target);
[[nodiscard]] QString denyRule(const Question &question);

} // namespace Bulkhead
