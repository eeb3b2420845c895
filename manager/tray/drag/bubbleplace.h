// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QList>
#include <QPoint>
#include <QRect>
#include <QSize>

namespace Bulkhead
{

/// Where a bubble goes: inside `area`, beside the windows that are to stay in sight and beside other bubbles where
/// there is room, and otherwise where it covers least of them. Where there is a choice, at the top and on the side
/// where the pointer is not. All in the same pixels.
/// @return its corner
[[nodiscard]] QPoint bubblePlace(QSize size, const QRect &area, const QList<QRect> &avoided, QPoint pointer);

} // namespace Bulkhead
