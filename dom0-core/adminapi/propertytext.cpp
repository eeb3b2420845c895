// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/propertytext.h"

#include "base/formatted.h"
#include "dom0-core/model/text.h"

namespace Bulkhead::AdminApi
{

namespace
{

/// Adds `default=True type=str ` of a reading; its value follows.
void addPrefix(std::string &text, PropertyType type, bool isDefault)
{
    text += "default=";
    text += booleanText(isDefault);
    text += " type=";
    text += wireNameOf(type);
    text += ' ';
}

} // namespace

void addEscaped(std::string &text, std::string_view value)
{
    for (auto place = value.find_first_of("\\\n"); place != std::string_view::npos;
         place = value.find_first_of("\\\n")) {
        text += value.substr(0, place);
        text += value[place] == '\n' ? "\\n" : "\\\\";
        value.remove_prefix(place + 1);
    }
    text += value;
}

std::string escaped(std::string_view value)
{
    std::string text;
    addEscaped(text, value);
    return text;
}

std::string readingText(PropertyType type, const PropertyReading &reading)
{
    std::string text;
    addPrefix(text, type, reading.isDefault);
    text += reading.text.value_or(std::string());
    return text;
}

void addReadingLine(std::string &text, std::string_view name, PropertyType type, const PropertyReading &reading)
{
    text += name;
    text += ' ';
    addPrefix(text, type, reading.isDefault);
    if (reading.text) {
        addEscaped(text, *reading.text);
    }
    text += '\n';
}

std::string defaultText(PropertyType type, const std::optional<std::string> &value)
{
    return value ? formatted("type={} {}", wireNameOf(type), *value) : std::string();
}

} // namespace Bulkhead::AdminApi
