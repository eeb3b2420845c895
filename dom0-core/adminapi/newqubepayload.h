// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/refusal.h"

#include <string>
#include <string_view>

namespace Bulkhead::AdminApi
{

/// What admin.vm.Create is given beside class and template.
struct NewQubePayload {
    std::string name;
    std::string label;
};

/// `name=… label=…`, parted by single spaces, in either order, each once and nothing else.
/// @errors Protocol
/// @source spec admin-api, 8.2.1
[[nodiscard]] Checked<NewQubePayload> parseNewQube(std::string_view payload);

} // namespace Bulkhead::AdminApi
