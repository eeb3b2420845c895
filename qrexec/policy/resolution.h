// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policy/decision.h"
#include "qrexec/policy/request.h"
#include "qrexec/policy/rule.h"
#include "qrexec/policy/systeminfo.h"

#include <optional>
#include <string>

/// From a rule that allows to what is really called. Source: spec policy, section 6.
namespace Bulkhead::Policy
{

/// What is called in the end.
struct FinalTarget {
    Token token;                      ///< Qube, of one that exists, as spelled; `dom0`; DispvmOf
    const QubeRecord *qube = nullptr; ///< the qube or the template; nothing for dom0
};

/// The target that `wanted` comes to, by steps 1 to 4.
/// @errors Refused, WrongState (only because it does not run and must not be started)
[[nodiscard]] Result<FinalTarget>
resolve(const Token &wanted, const Action &action, const PreparedRequest &request, const SystemInfo &info);

/// Steps 5 and 6.
/// @errors Refused (the target is the source; a RemoteVM that cannot be reached; words that no answer can hold)
[[nodiscard]] Result<Allowed> allowedCall(const FinalTarget &target,
                                          const Action &action,
                                          const PreparedRequest &prepared,
                                          const SystemInfo &info,
                                          const Request &request);

/// Whether `autostart=no` lets a call go there. Source: spec policy, 6.4.
[[nodiscard]] bool isRunning(const FinalTarget &target);

} // namespace Bulkhead::Policy
