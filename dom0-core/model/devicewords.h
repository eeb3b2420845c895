// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/assignments.h"

namespace Bulkhead
{

/// Whether port and identity are made of what they may be made of, and are not both any.
/// @source spec admin-api, 8.9.2
[[nodiscard]] bool isDeviceKey(const DeviceKey &key);

} // namespace Bulkhead
