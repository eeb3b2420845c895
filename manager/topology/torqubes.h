// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/snapshot.h"

namespace Bulkhead
{

/// Templates of Whonix, by what their names begin with: `whonix-gateway-17`, formerly `whonix-gw-15`.
[[nodiscard]] bool isTorGatewayTemplate(const QString &name);
[[nodiscard]] bool isTorWorkstationTemplate(const QString &name);

/// A net qube that takes what its clients send into Tor: by our feature for it, by Whonix's tag or by its template.
/// @source docs/protocol/guest-settings.md
[[nodiscard]] bool isTorGateway(const QubeInfo &qube);
/// A qube that is made to stand behind Tor, wherever it stands now: by Whonix's tag or by its template.
[[nodiscard]] bool belongsBehindTor(const QubeInfo &qube);

} // namespace Bulkhead
