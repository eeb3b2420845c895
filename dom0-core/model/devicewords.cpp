// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/devicewords.h"

#include "vchan-io/wire/calls/devicewords.h"

namespace Bulkhead
{

bool isDeviceKey(const DeviceKey &key)
{
    return (key.port == AnyDevice || DeviceWords::isPort(key.port)) && DeviceWords::isIdentity(key.identity)
        && (key.port != AnyDevice || key.identity != AnyDevice);
}

} // namespace Bulkhead
