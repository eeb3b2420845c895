// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/permissions.h"

namespace Bulkhead::AdminApi
{

Checked<void> Dom0Only::check(const PermissionQuestion &question) const
{
    if (!question.source.isDom0()) {
        return refuse(RefusalKind::Permission, "only dom0 may call");
    }
    return {};
}

} // namespace Bulkhead::AdminApi
