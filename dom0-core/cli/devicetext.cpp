// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/devicetext.h"

#include "base/formatted.h"

#include <algorithm>

namespace Bulkhead::Cli
{

namespace
{

void replaceAll(std::string &text, std::string_view what, std::string_view with)
{
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

/// Any is `_`, and `:` is `+`; the code of an unknown interface is seven underscores.
std::string partOf(std::string text)
{
    if (text == "*") {
        return "_";
    }
    replaceAll(text, "?******", "_______");
    std::ranges::replace(text, ':', '+');
    return text;
}

} // namespace

Result<DeviceLine> parseDeviceLine(std::string_view line)
{
    DeviceLine device;
    const auto headEnd = std::min(line.find(' '), line.size());
    device.head = line.substr(0, headEnd);
    line.remove_prefix(std::min(headEnd + 1, line.size()));
    while (!line.empty()) {
        const auto equals = line.find("='");
        if (equals == std::string_view::npos) {
            return fail(Errc::BadField, formatted("bulkheadd's word on the device {} cannot be read", device.head));
        }
        const std::string_view key = line.substr(0, equals);
        line.remove_prefix(equals + 2);
        // A value ends at the last quote and space before the next key: quotes inside are escaped, backslashes are not.
        const auto next = line.find("='");
        const bool isLast = next == std::string_view::npos;
        const auto end = isLast ? line.rfind('\'') : line.rfind("' ", next);
        if (end == std::string_view::npos) {
            return fail(Errc::BadField, formatted("bulkheadd's word on the device {} cannot be read", device.head));
        }
        std::string value(line.substr(0, end));
        replaceAll(value, "\\'", "'");
        device.values.emplace_back(key, std::move(value));
        line.remove_prefix(std::min(end + 2, line.size()));
    }
    return device;
}

Device deviceOf(const DeviceLine &line)
{
    return {.backend = valueOf(line.values, "backend_domain"),
            .port = valueOf(line.values, "port_id"),
            .identity = valueOf(line.values, "device_id")};
}

Result<Device> parseDevice(std::string_view text)
{
    const auto first = text.find(':');
    if (first == std::string_view::npos || first == 0 || first + 1 == text.size()) {
        return fail(Errc::BadValue, formatted("'{}' is not of the form QUBE:PORT or QUBE:PORT:DEVICE", text));
    }
    const auto second = text.find(':', first + 1);
    Device device;
    device.backend = text.substr(0, first);
    device.port = text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1);
    if (second != std::string_view::npos) {
        device.identity = text.substr(second + 1);
    }
    return device;
}

std::string argumentFor(const Device &device)
{
    return formatted("{}+{}+{}", device.backend, partOf(device.port), partOf(device.identity));
}

std::string serialised(const KeyValues &values)
{
    std::string text;
    for (const auto &[key, value] : values) {
        std::string quoted = value;
        replaceAll(quoted, "'", "\\'");
        text += formatted("{}{}='{}'", text.empty() ? "" : " ", key, quoted);
    }
    return text;
}

void setValue(KeyValues &values, std::string_view key, std::string value)
{
    const auto place = std::ranges::find(values, key, &KeyValues::value_type::first);
    if (place == values.end()) {
        values.emplace_back(std::string(key), std::move(value));
    } else {
        place->second = std::move(value);
    }
}

} // namespace Bulkhead::Cli
