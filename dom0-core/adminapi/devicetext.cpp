// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/devicetext.h"

#include "base/formatted.h"
#include "vchan-io/wire/calls/devicewords.h"

#include <utility>

namespace Bulkhead::AdminApi
{

namespace
{

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
    return isRight ? Checked<void>() : badPayload(formatted("{} is not known or contradicts the argument", name));
}

} // namespace

Checked<DeviceKey> parseDeviceArgument(const Model &model, DeviceClass klass, std::string_view argument)
{
    auto words = DeviceWords::parseArgument(argument);
    if (!words) {
        return badPayload(words.error().text());
    }
    const Qube *const backend = model.find(words->backend.text());
    if (backend == nullptr) {
        return refuse(RefusalKind::QubeNotFound, formatted("There is no qube {}.", words->backend.text()));
    }
    return DeviceKey{
        .klass = klass, .backend = backend->id, .port = std::move(words->port), .identity = std::move(words->identity)};
}

Checked<DevicePayload>
parseDevicePayload(const Model &model, const DeviceKey &key, const Qube &frontend, std::string_view payload)
{
    const auto pairs = DeviceWords::parsePairs(payload);
    if (!pairs) {
        return badPayload(pairs.error().text());
    }
    DevicePayload parsed;
    for (const auto &[name, value] : *pairs) {
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
    DeviceWords::Pairs pairs{{"device_id", device.identity},
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
    return formatted("{}:{} {}", device.port, device.identity, DeviceWords::textOf(pairs));
}

std::string assignmentLine(const Qube &frontend,
                           const Qube &backend,
                           const DeviceKey &key,
                           std::optional<AssignmentMode> mode,
                           const TextMap &options)
{
    DeviceWords::Pairs pairs{{"device_id", key.identity},
                             {"port_id", key.port},
                             {"devclass", std::string(nameOf(key.klass))},
                             {"backend_domain", backend.name.text()},
                             {"mode", std::string(mode ? nameOf(*mode) : "manual")},
                             {"frontend_domain", frontend.name.text()}};
    for (const auto &[name, value] : options) {
        pairs.emplace_back("_" + name, value);
    }
    return formatted("{}+{}:{} {}", backend.name.text(), key.port, key.identity, DeviceWords::textOf(pairs));
}

} // namespace Bulkhead::AdminApi
