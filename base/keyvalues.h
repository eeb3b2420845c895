// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Lines `KEY=VALUE`, in which dom0's programs answer each other. Views into what it was made of.
using KeyValues = std::map<std::string_view, std::string_view>;

/// @param text  the last line with or without its LF
/// @return nothing: a line has no `=`, or a key stands twice
[[nodiscard]] std::optional<KeyValues> keyValuesIn(std::string_view text);

/// @return empty where the key is not there
[[nodiscard]] std::string valueOf(const KeyValues &values, std::string_view key);

} // namespace Bulkhead
