// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/call.h"

namespace Bulkhead::AdminApi
{

const Qube &Call::qube() const
{
    const Qube *const found = model().find(destination);
    BH_ASSERT(found != nullptr); // it was found a moment ago, in the same turn of the loop
    return *found;
}

Checked<void> Call::permit() const
{
    return services.permissions.check(
        {.source = source, .method = method, .destination = qube().name, .argument = argument, .isTheCall = true});
}

Runner::Done emptySuccess(Reply reply)
{
    return [reply = std::move(reply)](const Checked<void> &result) mutable {
        reply(result.transform([] {
            return std::string();
        }));
    };
}

} // namespace Bulkhead::AdminApi
