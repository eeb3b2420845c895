// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/poolencryption.h"

#include "base/formatted.h"

#include <algorithm>
#include <array>

namespace Bulkhead
{

namespace
{

constexpr std::array OfBlockDevices{std::string_view("file-reflink"), std::string_view("lvm_thin")};

} // namespace

Checked<void> checkPoolEncrypts(const PoolConfig &pool)
{
    if (!std::ranges::contains(OfBlockDevices, pool.driver)) {
        return refuse(RefusalKind::NotImplemented,
                      formatted("The pool {} keeps directories, which are not encrypted here: what a qube leaves in "
                                "its volatile layer goes with its sandbox. Use a pool of images.",
                                pool.name));
    }
    return {};
}

} // namespace Bulkhead
