// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace Bulkhead
{

/// Connections that may wait to be accepted at a socket of ours: more than any of our servers serves at once. The
/// field's have 5 (spec qrexec, section 6), and its callers wait for room; ours wait in no call, so that a burst of
/// them would be refused. A qube may make all its calls in one breath.
inline constexpr int ListenBacklog = 512;

} // namespace Bulkhead
