// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "clipboard/drag/broker/stacking.h"

#include <string_view>
#include <vector>

namespace Bulkhead::Drag
{

/// Rows of one window that take drops.
inline constexpr std::size_t MostDropRows = 256;

/// The rows of a window of dom0's that stand for qubes, as the manager writes them into the property
/// `_BULKHEAD_DROP_ROWS`: lines `X Y WIDTH HEIGHT LABEL COLOR NAME`, places from the window's corner. A line that is
/// none is left out. Each row counts as a window of that qube which lies on this one; no program can be handed anything
/// there.
/// @param origin  of the window that bears the property, from the root's corner
/// @param window  the outermost one around it; nothing lies beyond it
/// @source docs/protocol/drag.md, section The gesture
[[nodiscard]] std::vector<ShownWindow> parseDropRows(std::string_view text, Point origin, const ShownWindow &window);

} // namespace Bulkhead::Drag
