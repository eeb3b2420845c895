// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/devicetext.h"

#include "base/ascii.h"
#include "dom0-core/model/devicewords.h"

#include <algorithm>
#include <format>

namespace Bulkhead::AdminApi
{

namespace
{

constexpr std::string_view Unknown = "?******";
constexpr std::string_view UnknownInArgument = "_______";

void replaceAll(std::string &text, std::string_view what, std::string_view with)
{
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

bool hasOnly(std::string_view text, std::string_view signs)
{
    return std::ranges::all_of(text, [signs](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || signs.contains(c);
    });
}

bool isKey(std::string_view key)
{
    return !key.empty() && hasOnly(key, "!#$%&()*+,-./:;<>?@[\\]^_{|}~");
}

bool isValue(std::string_view value)
{
    return std::ranges::all_of(value, Ascii::isPrintable);
}

std::unexpected<Refusal> badPayload(std::string message)
{
    return refuse(RefusalKind::Protocol, std::move(message));
}

/// What a key of the payload has to be, if it is there; null if it may be anything, nothing if there is no such key.
Checked<void> checkAgrees(
    const Model &model, const DeviceKey &key, const Qube &frontend, std::string_view name, std::string_view value)
{
    const Qube *const backend = model.find(key.backend);
    const bool isRight = name == "backend_domain" ? backend != nullptr && value == backend->name.text()
        : name == "port_id"                       ? value == key.port
        : name == "devclass"                      ? value == nameOf(key.klass)
        : name == "device_id"                     ? key.identity == AnyDevice || value == key.identity
        : name == "frontend_domain"               ? value == frontend.name.text()
                                                  : false;
    return isRight ? Checked<void>() : badPayload(std::format("{} is not known or contradicts the argument", name));
}

} // namespace

std::string textOf(const DevicePairs &pairs)
{
    std::string text;
    for (const auto &[key, value] : pairs) {
        std::string quoted = value;
        replaceAll(quoted, "'", "\\'");
        text += std::format("{}{}='{}'", text.empty() ? "" : " ", key, quoted);
    }
    return text;
}

Checked<DevicePairs> parsePairs(std::string_view text)
{
    DevicePairs pairs;
    while (!text.empty()) {
        const auto equals = text.find("='");
        if (equals == std::string_view::npos) {
            return badPayload("a property of the device has no value");
        }
        const std::string_view key = text.substr(0, equals);
        text.remove_prefix(equals + 2);
        // A value ends at the last quote and blank before the next key.
        const auto next = text.find("='");
        const bool isLast = next == std::string_view::npos;
        const auto end = isLast ? text.size() - 1 : text.rfind("' ", next);
        if (text.empty() || end == std::string_view::npos || text[end] != '\'') {
            return badPayload("a property of the device has no end");
        }
        std::string value(text.substr(0, end));
        replaceAll(value, "\\'", "'");
        const bool isKnown = std::ranges::any_of(pairs, [key](const auto &pair) {
            return pair.first == key;
        });
        if (!isKey(key) || !isValue(value) || isKnown) {
            return badPayload("a property of the device has other characters than it may, or comes twice");
        }
        pairs.emplace_back(key, std::move(value));
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return pairs;
}

Checked<DeviceKey> parseDeviceArgument(const Model &model, DeviceClass klass, std::string_view argument)
{
    const auto plus = argument.find('+');
    if (plus == std::string_view::npos) {
        return badPayload("the argument names no device");
    }
    const std::string_view backendName = argument.substr(0, plus);
    std::string rest(argument.substr(plus + 1));
    std::ranges::replace(rest, '+', ':');
    const auto colon = rest.find(':');
    std::string port = rest.substr(0, colon);
    std::string identity = colon == std::string::npos ? std::string("_") : rest.substr(colon + 1);
    replaceAll(identity, UnknownInArgument, Unknown);
    DeviceKey key{.klass = klass, .backend = {}, .port = std::move(port), .identity = std::move(identity)};
    for (std::string *const part : {&key.port, &key.identity}) {
        if (*part == "_") {
            *part = AnyDevice;
        }
    }
    if (!isDeviceKey(key)) {
        return badPayload("the argument names no device");
    }
    if (!QubeName::parse(backendName)) {
        return badPayload("the argument names no qube that has a device");
    }
    const Qube *const backend = model.find(backendName);
    if (backend == nullptr) {
        return refuse(RefusalKind::QubeNotFound, std::format("There is no qube {}.", backendName));
    }
    key.backend = backend->id;
    return key;
}

Checked<DevicePayload>
parseDevicePayload(const Model &model, const DeviceKey &key, const Qube &frontend, std::string_view payload)
{
    BH_TRY(const DevicePairs pairs, parsePairs(payload));
    DevicePayload parsed;
    for (const auto &[name, value] : pairs) {
        if (name.starts_with('_')) {
            parsed.options.emplace(name.substr(1), value);
        } else if (name == "mode") {
            parsed.mode = assignmentModeFromName(value);
            if (!parsed.mode && value != "manual") {
                return badPayload("there is no such mode");
            }
        } else {
            BH_CHECK(checkAgrees(model, key, frontend, name, value));
        }
    }
    return parsed;
}

std::string availableLine(const Qube &backend, const BlockDevice &device, const Qube *user)
{
    DevicePairs pairs{{"device_id", device.identity},
                      {"port_id", device.port},
                      {"devclass", "block"},
                      {"backend_domain", backend.name.text()}};
    if (!device.name.empty()) {
        pairs.emplace_back("name", device.name);
    }
    if (!device.serial.empty()) {
        pairs.emplace_back("serial", device.serial);
    }
    if (user != nullptr) {
        pairs.emplace_back("attachment", user->name.text());
    }
    pairs.emplace_back("interfaces", BlockInterface);
    if (!device.parentPort.empty()) {
        pairs.emplace_back("parent_port_id", device.parentPort);
        pairs.emplace_back("parent_devclass", device.parentClass);
    }
    pairs.emplace_back("_mode", device.isWritable ? "w" : "r");
    pairs.emplace_back("_size", std::to_string(device.size));
    pairs.emplace_back("_device_node", nodeOf(device.port).string());
    return std::format("{}:{} {}", device.port, device.identity, textOf(pairs));
}

std::string assignmentLine(const Qube &frontend,
                           const Qube &backend,
                           const DeviceKey &key,
                           std::optional<AssignmentMode> mode,
                           const TextMap &options)
{
    DevicePairs pairs{{"device_id", key.identity},
                      {"port_id", key.port},
                      {"devclass", std::string(nameOf(key.klass))},
                      {"backend_domain", backend.name.text()},
                      {"mode", std::string(mode ? nameOf(*mode) : "manual")},
                      {"frontend_domain", frontend.name.text()}};
    for (const auto &[name, value] : options) {
        pairs.emplace_back("_" + name, value);
    }
    return std::format("{}+{}:{} {}", backend.name.text(), key.port, key.identity, textOf(pairs));
}

} // namespace Bulkhead::AdminApi
