// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <KMessageWidget>

namespace Bulkhead
{

/// True where qubes are made of namespaces: the local driver's exchange serves dom0 there.
/// `BULKHEAD_DEMO` set to 1 or 0 decides before the file system does.
[[nodiscard]] bool isDemo();

/// The banner of spec ui 3 that every window carries on the local driver. It cannot be closed.
[[nodiscard]] KMessageWidget *makeDemoNotice(QWidget *parent);

} // namespace Bulkhead
