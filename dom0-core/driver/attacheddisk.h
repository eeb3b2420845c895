// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "base/qubename.h"

#include <filesystem>
#include <string>

namespace Bulkhead
{

/// A block device of another domain, or of dom0, as a running domain gets it.
struct AttachedDisk {
    QubeName provider;
    DomId providerDomain;
    std::filesystem::path node; ///< in the provider
    std::string name;           ///< in the domain that gets it: `xvdi`
    bool writable = false;
    bool isCdrom = false;

    friend bool operator==(const AttachedDisk &, const AttachedDisk &) = default;
};

} // namespace Bulkhead
