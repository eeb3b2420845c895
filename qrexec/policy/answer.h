// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/decision.h"

#include <string>

namespace Bulkhead::Policy
{

/// The lines that the calling qube's daemon gets; without a LF at the end.
/// @source spec policy, section 6; spec qrexec, 22.2
[[nodiscard]] std::string answerText(const Allowed &call);

inline constexpr std::string_view DenialText = "result=deny";

/// `qrexec: SERVICE+ARG: SOURCE -> TARGET: allowed to X` or `… denied: REASON`, with the rule that decided.
/// @source spec policy, section 8
[[nodiscard]] std::string logText(const Rules &rules, const Request &request, const Decision &decision);

} // namespace Bulkhead::Policy
