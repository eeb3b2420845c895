// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace Bulkhead::Qrexec
{

/// Longest payload of policy.EvalSimple and policy.EvalGUI: a name, a NUL, a target. Source: spec qrexec, 22.4.
inline constexpr std::size_t MaxEvalSource = 31;
inline constexpr std::size_t MaxEvalTarget = 63;
inline constexpr std::size_t MaxEvalPayload = MaxEvalSource + 1 + MaxEvalTarget;

/// What a caller wants to know: would the policy let `source` call this?
struct EvalRequest {
    std::string source;
    std::string target;
    std::string service; ///< `NAME` or `NAME+ARGUMENT`

    friend bool operator==(const EvalRequest &, const EvalRequest &) = default;
};

/// @param argument  of the service, the service that is asked about
/// @param payload  SOURCE NUL TARGET, to the end of the stream
/// @errors BadField, TooMuch
/// @source spec qrexec, 22.4
[[nodiscard]] Result<EvalRequest> parseEvalRequest(std::string_view argument, std::string_view payload);

} // namespace Bulkhead::Qrexec
