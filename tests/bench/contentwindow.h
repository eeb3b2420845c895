// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/bench/xdisplay.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead::Bench
{

/// dom0's picture of a qube's window of that size: the content window inside its frame, once it is there. The display
/// watches the damage of its root.
[[nodiscard]] xcb_window_t waitForContent(const Display &dom0, std::pair<std::uint16_t, std::uint16_t> size);

/// Prints medians and the ratio of both; samples are milliseconds.
void reportFrames(std::string_view what, const std::vector<double> &path, const std::vector<double> &copies);

} // namespace Bulkhead::Bench
