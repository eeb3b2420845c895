// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/wirehalf/pixelcopier.h"

#include "base/error.h"
#include "vchan-io/wire/guitypes.h"

namespace Bulkhead
{
namespace
{

constexpr std::size_t UnusedByte = 3; ///< of B, G, R, unused

void copyRange(const MappedPages &pages, std::size_t offset, std::span<std::byte> into)
{
    pages.copyOut(offset, into);
    for (std::size_t at = UnusedByte; at < into.size(); at += Gui::BytesPerPixel) {
        into[at] = std::byte{0xFF};
    }
}

} // namespace

void copyPixels(const MappedPages &pages, const Size &picture, const Rect &area, std::span<std::byte> segment)
{
    const std::size_t stride = std::size_t{picture.width} * Gui::BytesPerPixel;
    BH_ASSERT(intersection(area, {0, 0, picture.width, picture.height}) == area);
    BH_ASSERT(segment.size() >= stride * picture.height && pages.size() >= stride * picture.height);

    const auto x = static_cast<std::size_t>(area.x);
    const auto y = static_cast<std::size_t>(area.y);
    if (area.width == picture.width) { // whole rows lie one behind the other
        copyRange(pages, y * stride, segment.subspan(y * stride, area.height * stride));
        return;
    }
    const std::size_t length = area.width * Gui::BytesPerPixel;
    for (std::size_t row = y; row < y + area.height; ++row) {
        const std::size_t offset = row * stride + x * Gui::BytesPerPixel;
        copyRange(pages, offset, segment.subspan(offset, length));
    }
}

} // namespace Bulkhead
