// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/model/assignments.h"
#include "dom0-core/model/refusal.h"

namespace Bulkhead
{

/// Changes which devices qubes are to get. Attaches and detaches nothing.
/// @source spec admin-api, 8.9.1
class AssignmentEditor
{
public:
    /// Outlives the editor.
    explicit AssignmentEditor(Registry &registry);

    /// @param settings  with options that were checked
    /// @errors DeviceAlreadyAssigned, General, and what an objector says
    [[nodiscard]] Checked<void> assign(Qid id, const DeviceKey &device, AssignmentSettings settings);
    /// @errors DeviceNotAssigned, General
    [[nodiscard]] Checked<void> unassign(Qid id, const DeviceKey &device);
    /// The mode that it has already changes nothing and fires nothing.
    /// @errors BadValue (not assigned), General, and what an objector says
    [[nodiscard]] Checked<void> setMode(Qid id, const DeviceKey &device, AssignmentMode mode);

private:
    [[nodiscard]] Event event(Qid id, const char *name, const DeviceKey &device) const;
    [[nodiscard]] Event
    eventWithOptions(Qid id, const char *name, const DeviceKey &device, const TextMap &options) const;

    Registry &m_registry;
};

} // namespace Bulkhead
