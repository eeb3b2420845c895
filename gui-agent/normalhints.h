// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/guitypes.h"

#include <cstdint>
#include <span>

namespace Bulkhead::GuiAgent
{

/// What the wire carries of a WM_NORMAL_HINTS property. A group that is out of range is left out alone: the daemon
/// would drop it too.
/// @param words  the property's 32-bit words; programs of before ICCCM 1.0 leave the last three out
[[nodiscard]] Gui::SizeHints normalHints(std::span<const std::uint32_t> words);

} // namespace Bulkhead::GuiAgent
