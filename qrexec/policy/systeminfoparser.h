// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policy/systeminfo.h"

#include <cstddef>
#include <string_view>

namespace Bulkhead::Policy
{

/// What the core is asked for all qubes.
inline constexpr std::string_view SystemInfoRequest{"internal.GetSystemInfo dom0 name dom0\0", 38};
/// Most bytes of its answer: some thousands of qubes.
inline constexpr std::size_t MaxSystemInfo = std::size_t{8} * 1024 * 1024;

/// The JSON object that describes all qubes. A qube of whom something is missing, or not as it must be, makes the whole
/// answer none: a policy decides by nothing that it half understands. Fields that it does not know do not matter.
/// @errors BadField, ShortMessage, TooMuch
/// @source spec policy, section 9; spec admin-api, 8.15
[[nodiscard]] Result<SystemInfo> parseSystemInfo(std::string_view json);

/// The core's whole answer, with the frame around the JSON.
/// @errors as parseSystemInfo(); Refused (the core says no)
[[nodiscard]] Result<SystemInfo> parseSystemInfoAnswer(std::string_view answer);

} // namespace Bulkhead::Policy
