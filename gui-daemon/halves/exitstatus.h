// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace Bulkhead
{

/// How bulkhead-gui-daemon ends; bulkhead-session decides by it what comes next.
enum ExitStatus : int {
    ExitChannelEnded = 0,    ///< the agent has gone
    ExitQubeBrokeFormat = 1, ///< a bad message, a wrong moment, too much
    ExitBadOptions = 2,      ///< not started: the identity is missing or malformed
    ExitScreenLost = 3,      ///< the X server has gone, or something else of dom0 failed
};

} // namespace Bulkhead
