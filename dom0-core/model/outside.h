// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"

#include <string_view>

namespace Bulkhead
{

/// Feature of a net qube: it is the one that faces the outside. On Xen a device does that; the local driver has no
/// devices to give and goes by this. Without it a net qube that has no net qube itself is cut off.
inline constexpr std::string_view OutsideFeature = "bulkhead.outside";

[[nodiscard]] bool isMarkedOutside(const Model &model, const Qube &qube);
/// Whether any PCI device is assigned to the qube. One of them may be a network device, or hold one.
[[nodiscard]] bool hasPciDevice(const Qube &qube);

} // namespace Bulkhead
