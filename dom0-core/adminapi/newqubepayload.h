// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/newqube.h"
#include "dom0-core/model/refusal.h"

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

/// Whether the payload may say where volumes go: `pool=…` for all of them, or `pool:<volume>=…` for each of some.
enum class PoolKeys : bool {
    No,
    Yes,
};

/// `name=… label=…`, parted by single spaces, in any order, each once and nothing else; with `pools`, pools as well.
/// @errors Protocol
/// @source spec admin-api, 8.2.1
[[nodiscard]] Checked<NewQubePayload> parseNewQube(std::string_view payload, PoolKeys pools);

} // namespace Bulkhead::AdminApi
