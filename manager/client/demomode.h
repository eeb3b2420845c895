// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace Bulkhead
{

/// True where qubes are made of namespaces: the local driver's exchange serves dom0 there.
/// `BULKHEAD_DEMO` set to 1 or 0 decides before the file system does.
[[nodiscard]] bool isDemo();

} // namespace Bulkhead
