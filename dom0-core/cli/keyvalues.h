// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/cli/json.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead::Cli
{

/// What volumes and pools are told as: `key=value` lines, in the daemon's order.
using KeyValues = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] KeyValues parseKeyValues(std::string_view text);

/// Empty, if there is none.
[[nodiscard]] std::string valueOf(const KeyValues &values, std::string_view key);

/// An object; whole numbers and True and False have their own types.
[[nodiscard]] Json jsonOf(const KeyValues &values);

/// `key=value` words of a command line as the lines of a payload.
/// @errors BadValue for a word without a `=`, or with a line feed
[[nodiscard]] Result<std::string> payloadOf(const std::vector<std::string> &words);

} // namespace Bulkhead::Cli
