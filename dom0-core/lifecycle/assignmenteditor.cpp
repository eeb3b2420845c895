// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/assignmenteditor.h"

#include "base/formatted.h"
#include "dom0-core/lifecycle/blockdevices.h"

#include <utility>

namespace Bulkhead
{

AssignmentEditor::AssignmentEditor(Registry &registry)
    : m_registry(registry)
{
}

Checked<void> AssignmentEditor::assign(Qid id, const DeviceKey &device, AssignmentSettings settings)
{
    const Qube &qube = *m_registry.model().find(id);
    if (qube.assignments.contains(device)) {
        return refuse(RefusalKind::DeviceAlreadyAssigned,
                      formatted("The device is assigned to {} already.", qube.name.text()));
    }
    const TextMap options = settings.options;
    BH_CHECK(m_registry.propose(eventWithOptions(id, "device-pre-assign", device, options)));
    BH_CHECK(m_registry.commit({Change::SetAssignment{.id = id, .device = device, .settings = std::move(settings)}}));
    m_registry.announce(eventWithOptions(id, "device-assign", device, options));
    return {};
}

Checked<void> AssignmentEditor::unassign(Qid id, const DeviceKey &device)
{
    const Qube &qube = *m_registry.model().find(id);
    if (!qube.assignments.contains(device)) {
        return refuse(RefusalKind::DeviceNotAssigned, formatted("The device is not assigned to {}.", qube.name.text()));
    }
    BH_CHECK(m_registry.commit({Change::RemoveAssignment{.id = id, .device = device}}));
    m_registry.announce(event(id, "device-unassign", device));
    return {};
}

Checked<void> AssignmentEditor::setMode(Qid id, const DeviceKey &device, AssignmentMode mode)
{
    const Qube &qube = *m_registry.model().find(id);
    const auto place = qube.assignments.find(device);
    if (place == qube.assignments.end()) {
        return refuse(RefusalKind::BadValue, formatted("The device is not assigned to {}.", qube.name.text()));
    }
    AssignmentSettings settings = place->second;
    if (settings.mode == mode) {
        return {};
    }
    settings.mode = mode;
    BH_CHECK(m_registry.propose(eventWithOptions(id, "device-pre-assign", device, settings.options)));
    BH_CHECK(m_registry.commit({Change::SetAssignment{.id = id, .device = device, .settings = std::move(settings)}}));
    m_registry.announce(event(id, "device-assignment-changed", device));
    return {};
}

Event AssignmentEditor::event(Qid id, const char *name, const DeviceKey &device) const
{
    const Model &model = m_registry.model();
    const Qube *const backend = model.find(device.backend);
    BH_ASSERT(backend != nullptr); // it cannot be removed while a device of it is assigned, and was asked for just now
    return {.subject = model.find(id)->name,
            .name = formatted("{}:{}", name, nameOf(device.klass)),
            .pairs = {{"device", deviceText(*backend, device.port, device.identity)}}};
}

Event AssignmentEditor::eventWithOptions(Qid id,
                                         const char *name,
                                         const DeviceKey &device,
                                         const TextMap &options) const
{
    Event told = event(id, name, device);
    told.pairs.emplace_back("options", dictionaryText(options));
    return told;
}

} // namespace Bulkhead
