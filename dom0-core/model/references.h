// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"

namespace Bulkhead
{

/// Whether a qube may go: nothing may be left that names it.
/// @errors InUse (dom0, owned by a package, named by a property), NotHalted
/// @source spec qube-model, 12.3
[[nodiscard]] Checked<void> checkRemoval(const Model &model, const Qube &qube);

/// Whether a label may go: not one of the first eight, and no qube has it.
/// @errors Protocol, General
[[nodiscard]] Checked<void> checkLabelRemoval(const Model &model, const Label &label);

} // namespace Bulkhead
