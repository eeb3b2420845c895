// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policy/rule.h"

#include <span>
#include <string_view>

namespace Bulkhead::Policy
{

/// The end of a rule: `allow`, `ask` or `deny` and its parameters.
/// @param fields  not empty
/// @errors BadValue; the text says what is wrong, without file and line
/// @source spec policy, 2.1
[[nodiscard]] Result<Action> parseAction(std::span<const std::string_view> fields);

} // namespace Bulkhead::Policy
