// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "dom0-core/driver/xen/domainstore.h"

#include <optional>
#include <span>

namespace Bulkhead
{

/// Whether a fresh domain may do in its part of xenstore what it needs to do there and nothing else (spec security,
/// all of it is dom0's and readable to the domain, except the few nodes that a guest writes and its ends of
/// devices. Pure.
/// @param provider  the domain of its net qube: libxl makes that the owner of what the guest may only read at its own
///                  end of the interface
/// @errors Refused, naming the first node that is not so
/// @source spec xen-domains, 6.1
[[nodiscard]] Result<void>
checkRights(DomId domain, std::optional<DomId> provider, std::span<const NodeWithRights> nodes);

} // namespace Bulkhead
