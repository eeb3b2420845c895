// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <vector>

namespace Bulkhead
{

/// What connecting takes of a process that has confined itself by then, beside unix sockets. Empty for most backends.
struct DeviceAccess {
    std::string directory;               ///< whose devices are opened for reading and writing; empty: none
    std::vector<unsigned long> requests; ///< ioctl numbers
};

} // namespace Bulkhead
