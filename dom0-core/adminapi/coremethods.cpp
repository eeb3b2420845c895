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

// docs/protocol/core.md.
// clang-format off
const std::array CoreTable{
    // name, argument, payload, destination, handler, caller
    Method{"bulkhead.Snapshot", Empty, Empty, Dom0, &Calls::snapshot},
    Method{"bulkhead.EventsFrom", Required, Empty, Dom0, Stream::EventsFrom},
    Method{"bulkhead.Traffic", Empty, Empty, Dom0, Stream::Traffic},
    Method{"bulkhead.Jobs", Empty, Empty, Dom0, &Calls::listJobs},
    Method{"bulkhead.JobCancel", Required, Empty, Dom0, &Calls::cancelJob},
    Method{"bulkhead.TemplateRoot", Required, Required, NotDom0, &Calls::templateRoot, Caller::Owner},
    Method{"bulkhead.ShutdownAll", Empty, Empty, Dom0, &Calls::shutdownAll, Caller::Owner},
};
// clang-format on

} // namespace

std::span<const Method> coreMethods()
{
    return CoreTable;
}

Checked<void> checkCaller(const Method &method, std::optional<uid_t> user, uid_t owner)
{
    const bool isOwner = user && (*user == owner || *user == 0);
    if (method.caller == Caller::Owner && !isOwner) {
        return refuse(RefusalKind::Permission, "only the daemon's own user may ask this");
    }
    return {};
}

} // namespace Bulkhead::AdminApi
