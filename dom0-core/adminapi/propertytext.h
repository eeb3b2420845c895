// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/properties.h"

#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::AdminApi
{

/// How properties are written. @source spec admin-api, 8.3 and 5.1

/// One line of any length: a backslash becomes two, a line end `\n`.
[[nodiscard]] std::string escaped(std::string_view value);
/// `default=True type=str value`
[[nodiscard]] std::string readingText(PropertyType type, const PropertyReading &reading);
/// Adds `name default=True type=str value` and a line end, the value escaped. A listing of many qubes has tens of
/// thousands of these lines: none of them is made apart and copied.
void addReadingLine(std::string &text, std::string_view name, PropertyType type, const PropertyReading &reading);
/// Adds escaped().
void addEscaped(std::string &text, std::string_view value);
/// `type=str value`; empty where there is no default.
[[nodiscard]] std::string defaultText(PropertyType type, const std::optional<std::string> &value);

} // namespace Bulkhead::AdminApi
