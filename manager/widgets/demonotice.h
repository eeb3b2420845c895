// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <KMessageWidget>

namespace Bulkhead
{

/// The banner of spec ui 3 that every window carries on the local driver. It cannot be closed.
[[nodiscard]] KMessageWidget *makeDemoNotice(QWidget *parent);

} // namespace Bulkhead
