// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/propertytext.h"

#include "dom0-core/model/text.h"

#include <format>

namespace Bulkhead::AdminApi
{

namespace
{

std::string prefixed(PropertyType type, bool isDefault, std::string_view value)
{
    return std::format("default={} type={} {}", booleanText(isDefault), wireNameOf(type), value);
}

} // namespace

/// The backslash first, or the ones of the line ends would be doubled.
std::string escaped(std::string_view value)
{
    std::string text;
    for (const char c : value) {
        if (c == '\\') {
            text += "\\\\";
        } else if (c == '\n') {
            text += "\\n";
        } else {
            text += c;
        }
    }
    return text;
}

std::string readingText(PropertyType type, const PropertyReading &reading)
{
    return prefixed(type, reading.isDefault, reading.text.value_or(std::string()));
}

std::string readingLine(std::string_view name, PropertyType type, const PropertyReading &reading)
{
    return std::format(
        "{} {}\n", name, prefixed(type, reading.isDefault, escaped(reading.text.value_or(std::string()))));
}

std::string defaultText(PropertyType type, const std::optional<std::string> &value)
{
    return value ? std::format("type={} {}", wireNameOf(type), *value) : std::string();
}

} // namespace Bulkhead::AdminApi
