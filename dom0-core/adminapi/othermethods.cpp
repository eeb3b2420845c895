// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/methods.h"

#include <array>

namespace Bulkhead::AdminApi
{

namespace
{

using enum Presence;
using enum Target;

// Spec admin-api, 8.15 and 8.16.
// clang-format off
const std::array InternalTable{
    // name, argument, payload, destination, handler
    Method{"internal.GetSystemInfo", Empty, Empty, Dom0, &Calls::systemInfo},
    Method{"internal.SuspendPre", Empty, Empty, Dom0, &Calls::beforeSleep},
    Method{"internal.SuspendPost", Empty, Empty, Dom0, &Calls::afterSleep},
    Method{"internal.vm.volume.ImportBegin", Required, Free, Every, &Calls::importBegin},
    Method{"internal.vm.volume.ImportEnd", Required, Required, Every, &Calls::importEnd},
};

const std::array MiscTable{
    Method{"qubes.FeaturesRequest", Empty, Empty, Dom0, &Calls::requestFeatures},
    Method{"qubes.NotifyTools", Empty, Empty, Dom0, &Calls::notifyTools},
    Method{"qubes.NotifyUpdates", Empty, Required, Dom0, &Calls::notifyUpdates},
};
// clang-format on

} // namespace

std::span<const Method> internalMethods()
{
    return InternalTable;
}

std::span<const Method> miscMethods()
{
    return MiscTable;
}

} // namespace Bulkhead::AdminApi
