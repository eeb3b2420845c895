// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/geometry.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace Bulkhead
{

/// The picture with the label's mark and the qube's name that stands at the left of each frame's strip. dom0's session
/// draws it: this daemon draws no text.
struct StripPicture {
    /// A strip is a line of text high; what is larger is a mistake.
    static constexpr std::uint32_t MaxWidth = 2048;
    static constexpr std::uint32_t MaxHeight = 128;

    Size size;                     ///< empty: the frames have no strip
    std::vector<std::byte> pixels; ///< width × height × 4, B, G, R, unused
};

/// Reads the picture that bulkhead-session left in `descriptor`: u32 width, u32 height (little-endian), pixels.
/// @errors BadValue (cut short, too large, more than was announced), Io
[[nodiscard]] Result<StripPicture> readStrip(int descriptor);

} // namespace Bulkhead
