// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QColor>

namespace Bulkhead
{

/// WCAG 2 contrast ratio of two opaque colours, 1 … 21.
[[nodiscard]] double contrastRatio(const QColor &one, const QColor &other);

/// Black or white, whichever can be read better on `fill`: always at least 4.5 : 1 (spec ui 4).
[[nodiscard]] QColor textColorOn(const QColor &fill);

} // namespace Bulkhead
