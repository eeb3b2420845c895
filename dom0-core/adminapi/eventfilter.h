// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"
#include "dom0-core/adminapi/permissions.h"
#include "dom0-core/model/event.h"

namespace Bulkhead::AdminApi
{

/// Whether a caller may hear of an event. Asked like a call: `admin.Events` with the event's name as its argument, each
/// `:` in it a `_`, to the qube that the event is about; that is the subject, or the qube in the pair `vm`, or dom0.
/// @source spec admin-api, 6.3; security, R-54
[[nodiscard]] bool mayHear(const Permissions &permissions, const QubeName &source, const Event &event);

} // namespace Bulkhead::AdminApi
