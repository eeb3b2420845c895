// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <KColorScheme>
#include <QColor>

namespace Bulkhead
{

/// A colour of the scheme by what it says. Kept until the application's palette is another one: reading a scheme takes
/// longer than drawing a node. Main thread.
[[nodiscard]] QColor schemeColor(KColorScheme::ForegroundRole role);

/// @param share  0: the one, 1: the other
[[nodiscard]] QColor blend(const QColor &one, const QColor &other, double share);

} // namespace Bulkhead
