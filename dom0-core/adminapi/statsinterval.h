// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/event.h"
#include "dom0-core/model/model.h"

#include <chrono>

namespace Bulkhead::AdminApi
{

/// How often those hear numbers who listen to them: the property stats_interval.
[[nodiscard]] std::chrono::seconds statsInterval(const Model &model);
/// Whether it may be another one after this event.
[[nodiscard]] bool changesStatsInterval(const Event &event);

} // namespace Bulkhead::AdminApi
