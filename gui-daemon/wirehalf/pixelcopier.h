// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "vchan-io/transport/sharedpages.h"
#include "vchan-io/wire/guitypes.h"

#include <cstddef>
#include <span>

namespace Bulkhead
{

/// What a picture takes in memory: its rows lie without gaps.
[[nodiscard]] constexpr std::size_t bytesOf(const Size &picture) noexcept
{
    return std::size_t{picture.width} * picture.height * Gui::BytesPerPixel;
}

[[nodiscard]] constexpr Rect wholeOf(const Size &picture) noexcept
{
    return {0, 0, picture.width, picture.height};
}

/// Copies one area of a guest's picture into a segment of ours, each byte once: which rows lie where is decided here,
/// the guest's memory is read by MappedPages alone. The unused byte of each pixel is forced (spec security, R-27).
/// @param pages    at least picture.width × picture.height × 4 bytes, rows without gaps
/// @param area     within the picture
/// @param segment  as large as the picture, with the same rows
void copyPixels(const MappedPages &pages, const Size &picture, const Rect &area, std::span<std::byte> segment);

} // namespace Bulkhead
