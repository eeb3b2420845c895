// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/xml/importdevices.h"

#include "dom0-core/model/blockdevices.h"
#include "dom0-core/model/devicewords.h"
#include "dom0-core/model/text.h"

#include <optional>
#include <utility>

namespace Bulkhead::QubesXml
{

namespace
{

/// @source spec qube-model, 17: older entries
std::optional<AssignmentMode> modeOf(const DeviceEntry &entry)
{
    if (!entry.required.empty()) {
        const auto isRequired = parseBoolean(entry.required);
        return isRequired ? std::optional(*isRequired ? AssignmentMode::Required : AssignmentMode::AutoAttach)
                          : std::nullopt;
    }
    return entry.mode.empty() ? std::optional(AssignmentMode::Required) : assignmentModeFromName(entry.mode);
}

} // namespace

std::expected<Change::SetAssignment, std::string> deviceFrom(const DeviceEntry &entry, const Model &model, Qid id)
{
    const auto klass = deviceClassFromName(entry.klass);
    const Qube *const backend = model.find(entry.backend);
    TextMap options;
    for (const Entry &option : entry.options) {
        options.insert_or_assign(option.name, option.text);
    }
    const auto identity = options.extract("identity"); // where an older core kept it
    DeviceKey key;
    key.port = entry.port.empty() ? std::string(AnyDevice) : entry.port;
    key.identity = !entry.identity.empty() ? entry.identity : identity ? identity.mapped() : std::string(AnyDevice);
    const auto mode = modeOf(entry);
    const auto parsed = parseBlockOptions(options);
    if (!klass || backend == nullptr || backend->id == id || id == Dom0Qid || !isDeviceKey(key)) {
        return std::unexpected("it makes no sense");
    }
    if (!mode) {
        return std::unexpected("its mode is not known here");
    }
    if (!parsed) {
        return std::unexpected(parsed.error().message);
    }
    key.klass = *klass;
    key.backend = backend->id;
    return Change::SetAssignment{
        .id = id, .device = std::move(key), .settings = {.mode = *mode, .options = textOf(*parsed)}};
}

} // namespace Bulkhead::QubesXml
