// SPDX-License-Identifier: GPL-2.0-or-later
// Devices: which there are, whom they are for, who has them. Spec admin-api, 8.9.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/devicetext.h"
#include "dom0-core/model/properties.h"

#include <algorithm>
#include <set>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

/// The class is part of the method's name: admin.vm.device.CLASS.Call
DeviceClass classOf(const Call &call)
{
    constexpr std::string_view Prefix = "admin.vm.device.";
    const std::string_view rest = std::string_view(call.method).substr(Prefix.size());
    const auto klass = deviceClassFromName(rest.substr(0, rest.find('.')));
    BH_ASSERT(klass.has_value()); // the table has no other
    return *klass;
}

/// Lines sorted by their heads, each with its end.
std::string sorted(std::vector<std::string> lines)
{
    std::ranges::sort(lines, {}, [](const std::string &line) {
        return line.substr(0, line.find(' '));
    });
    std::string text;
    for (const std::string &line : lines) {
        text += line + "\n";
    }
    return text;
}

/// Whether a list call with this argument is about the device: without one it is about all.
bool isAsked(const Call &call, const Qube &backend, const DeviceKey &key)
{
    return call.argument.empty() || call.argument == formatted("{}+{}", backend.name.text(), key.port);
}

/// A qube whose devices can be changed: no other machine's, and not dom0.
Checked<void> checkFrontend(const Call &call)
{
    const Qube &qube = call.qube();
    if (qube.klass == QubeClass::AdminVM) {
        return refuse(RefusalKind::QubeState, "Devices are not attached to dom0.");
    }
    if (qube.klass == QubeClass::RemoteVM) {
        return refuse(RefusalKind::QubeState,
                      formatted("{} is a qube of another machine: this is done there.", qube.name.text()));
    }
    return {};
}

/// What an assignment keeps, in canonical words.
Checked<TextMap> optionsFor(const Call &call, const DeviceKey &key, const TextMap &options)
{
    BH_TRY(const BlockOptions parsed, parseBlockOptions(options));
    const auto device = call.services.blocks.find(key);
    if (device && !device->isWritable && parsed.readOnly == false) {
        return refuse(RefusalKind::BadValue,
                      formatted("{} can only be read: leave the option read-only out, or say yes.", key.port));
    }
    return Bulkhead::textOf(parsed);
}

/// By hand nobody gets what the owner has denied; what was assigned was decided on before.
Checked<void> checkNotDenied(const Call &call, const DevicePayload &payload)
{
    if (!payload.mode && isDenied(readText(call.model(), call.qube(), "devices_denied"), BlockInterface)) {
        return refuse(RefusalKind::Permission, "block devices are denied to the qube");
    }
    return {};
}

struct WantedAttachment {
    Qid backend;
    BlockDevice device;
    BlockOptions options;
};

Checked<WantedAttachment> wantedAttachment(const Call &call)
{
    const auto key = parseDeviceArgument(call.model(), classOf(call), call.argument);
    const auto payload = key ? parseDevicePayload(call.model(), *key, call.qube(), call.payload)
                             : Checked<DevicePayload>(std::unexpected(key.error()));
    BH_CHECK(call.permit());
    BH_CHECK(payload);
    BH_CHECK(checkFrontend(call));
    if (!call.qube().run.domain) {
        return refuse(RefusalKind::NotRunning,
                      formatted("{} is not running, so no device can be attached to it. Start it first, or assign "
                                "the device.",
                                call.qube().name.text()));
    }
    if (key->klass != DeviceClass::Block) {
        return refuse(RefusalKind::Protocol, "there is no such device");
    }
    BH_TRY(BlockDevice device, call.services.blocks.find(*key));
    BH_CHECK(checkNotDenied(call, *payload));
    BH_TRY(BlockOptions options, parseBlockOptions(payload->options));
    return WantedAttachment{.backend = key->backend, .device = std::move(device), .options = std::move(options)};
}

} // namespace

Checked<std::string> listDeviceClasses(const Call &call)
{
    BH_CHECK(call.permit());
    return formatted("{}\n{}\n", nameOf(DeviceClass::Block), nameOf(DeviceClass::Pci));
}

Checked<std::string> availableDevices(const Call &call)
{
    BH_CHECK(call.permit());
    std::vector<std::string> lines;
    if (classOf(call) == DeviceClass::Block) {
        for (const BlockDevice &device : call.services.blocks.devicesOf(call.destination)) {
            if (call.argument.empty() || call.argument == device.port) {
                lines.push_back(
                    availableLine(call.qube(), device, call.services.blocks.userOf(call.destination, device.port)));
            }
        }
    }
    return sorted(std::move(lines));
}

Checked<std::string> assignedDevices(const Call &call)
{
    BH_CHECK(call.permit());
    std::vector<std::string> lines;
    for (const auto &[key, settings] : call.qube().assignments) {
        const Qube &backend = *call.model().find(key.backend);
        if (key.klass == classOf(call) && isAsked(call, backend, key)) {
            lines.push_back(assignmentLine(call.qube(), backend, key, settings.mode, settings.options));
        }
    }
    return sorted(std::move(lines));
}

Checked<std::string> attachedDevices(const Call &call)
{
    BH_CHECK(call.permit());
    std::vector<std::string> lines;
    const auto attached = classOf(call) == DeviceClass::Block ? call.services.blocks.attachedTo(call.destination)
                                                              : std::vector<BlockDevices::Attachment>();
    for (const BlockDevices::Attachment &attachment : attached) {
        const Qube *const backend = call.model().find(attachment.backend);
        const DeviceKey key{.klass = DeviceClass::Block,
                            .backend = attachment.backend,
                            .port = attachment.device.port,
                            .identity = attachment.device.identity};
        if (backend == nullptr || !isAsked(call, *backend, key)) {
            continue;
        }
        if (const auto *const assigned =
                assignmentFor(call.qube().assignments, attachment.backend, attachment.device)) {
            lines.push_back(
                assignmentLine(call.qube(), *backend, key, assigned->second.mode, assigned->second.options));
            continue;
        }
        lines.push_back(assignmentLine(call.qube(),
                                       *backend,
                                       key,
                                       std::nullopt,
                                       Bulkhead::textOf(BlockOptions{.frontend = attachment.frontend,
                                                                     .readOnly = attachment.isReadOnly,
                                                                     .isCdrom = attachment.isCdrom})));
    }
    return sorted(std::move(lines));
}

Checked<std::string> assignDevice(const Call &call)
{
    const auto key = parseDeviceArgument(call.model(), classOf(call), call.argument);
    const auto payload = key ? parseDevicePayload(call.model(), *key, call.qube(), call.payload)
                             : Checked<DevicePayload>(std::unexpected(key.error()));
    BH_CHECK(call.permit());
    BH_CHECK(payload);
    if (!payload->mode) {
        return refuse(RefusalKind::Protocol, "what is attached by hand is not assigned");
    }
    BH_CHECK(checkFrontend(call));
    if (key->klass != DeviceClass::Block) {
        return refuse(RefusalKind::NotImplemented,
                      formatted("Devices of class {} cannot be assigned yet.", nameOf(key->klass)));
    }
    if (key->backend == call.destination) {
        return refuse(RefusalKind::BadValue, formatted("{} has its own devices already.", call.qube().name.text()));
    }
    BH_TRY(TextMap options, optionsFor(call, *key, payload->options));
    BH_CHECK(call.services.assignments.assign(
        call.destination, *key, {.mode = *payload->mode, .options = std::move(options)}));
    return std::string();
}

Checked<std::string> unassignDevice(const Call &call)
{
    const auto key = parseDeviceArgument(call.model(), classOf(call), call.argument);
    BH_CHECK(call.permit());
    BH_CHECK(key);
    BH_CHECK(call.services.assignments.unassign(call.destination, *key));
    return std::string();
}

Checked<std::string> setAssignment(const Call &call)
{
    const auto key = parseDeviceArgument(call.model(), classOf(call), call.argument);
    const auto mode = assignmentModeFromName(call.payload);
    BH_CHECK(call.permit());
    BH_CHECK(key);
    if (!mode) {
        return refuse(RefusalKind::Protocol, "there is no such mode of an assignment");
    }
    BH_CHECK(call.services.assignments.setMode(call.destination, *key, *mode));
    return std::string();
}

void attachDevice(const Call &call, Reply reply)
{
    const auto wanted = wantedAttachment(call);
    if (!wanted) {
        reply(std::unexpected(wanted.error()));
        return;
    }
    call.services.blocks.attach(
        call.destination, wanted->backend, wanted->device, wanted->options, emptySuccess(std::move(reply)));
}

void detachDevice(const Call &call, Reply reply)
{
    const auto key = parseDeviceArgument(call.model(), classOf(call), call.argument);
    const auto permitted = call.permit();
    if (!key || !permitted) {
        reply(std::unexpected(permitted ? key.error() : permitted.error()));
        return;
    }
    call.services.blocks.detach(call.destination, *key, emptySuccess(std::move(reply)));
}

} // namespace Bulkhead::AdminApi::Calls
