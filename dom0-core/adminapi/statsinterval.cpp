// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/statsinterval.h"

#include "dom0-core/model/properties.h"
#include "dom0-core/model/text.h"

namespace Bulkhead::AdminApi
{

std::chrono::seconds statsInterval(const Model &model)
{
    // The property's own rule keeps it a positive number.
    return std::chrono::seconds(parseInteger(readGlobalText(model, "stats_interval")).value_or(1));
}

bool changesStatsInterval(const Event &event)
{
    return event.name.ends_with("set:stats_interval");
}

} // namespace Bulkhead::AdminApi
