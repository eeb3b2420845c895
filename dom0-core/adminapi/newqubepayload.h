// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/newqube.h"
#include "dom0-core/model/refusal.h"
#include "vchan-io/wire/calls/newqubefields.h"

#include <string>
#include <string_view>

namespace Bulkhead::AdminApi
{

/// What admin.vm.Create is given beside class and template.
struct NewQubePayload {
    std::string name;
    std::string label;
    VolumePools pools = {}; ///< of CreateInPool
};

/// The payload's fields, and its volumes among those that there are.
/// @errors Protocol
/// @source spec admin-api, 8.2.1
[[nodiscard]] Checked<NewQubePayload> parseNewQube(std::string_view payload, PoolFields pools);

} // namespace Bulkhead::AdminApi
