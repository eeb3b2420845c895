// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/change.h"
#include "dom0-core/model/model.h"

#include <vector>

namespace Bulkhead::QubesXml
{

/// Whether nothing is in a model beside what a fresh store has: else importing would mix two systems.
[[nodiscard]] bool isFresh(const Model &model);

/// What takes a model back to that. dom0 itself and the first labels stay.
[[nodiscard]] std::vector<Change::Any> emptyingChanges(const Model &model);

} // namespace Bulkhead::QubesXml
