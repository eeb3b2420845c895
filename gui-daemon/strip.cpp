// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/strip.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>

namespace Bulkhead
{
namespace
{

/// Bytes read: fewer than asked for only at the end.
Result<std::size_t> readAll(int descriptor, std::span<std::byte> into)
{
    std::size_t have = 0;
    while (have < into.size()) {
        const ssize_t got = read(descriptor, into.data() + have, into.size() - have);
        if (got < 0 && errno != EINTR) {
            return failErrno(errno, "reading the strip's picture");
        }
        if (got == 0) {
            break;
        }
        have += got < 0 ? 0 : static_cast<std::size_t>(got);
    }
    return have;
}

std::uint32_t littleEndian(std::span<const std::byte, 4> bytes)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        value |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
    }
    return value;
}

} // namespace

Result<StripPicture> readStrip(int descriptor)
{
    std::array<std::byte, 8> head{};
    BH_TRY(const std::size_t headSize, readAll(descriptor, head));
    const std::span<const std::byte, 8> numbers(head);
    StripPicture strip{.size = {littleEndian(numbers.first<4>()), littleEndian(numbers.last<4>())}, .pixels = {}};
    if (headSize != head.size() || strip.size.width > StripPicture::MaxWidth
        || strip.size.height > StripPicture::MaxHeight) {
        return fail(Errc::BadValue, "the strip's picture is cut short or too large");
    }
    strip.pixels.resize(std::size_t{strip.size.width} * strip.size.height * 4);
    BH_TRY(const std::size_t pixelSize, readAll(descriptor, strip.pixels));
    std::array<std::byte, 1> more{};
    BH_TRY(const std::size_t extra, readAll(descriptor, more));
    if (pixelSize != strip.pixels.size() || extra != 0) {
        return fail(Errc::BadValue, "the strip's picture has another size than it says");
    }
    return strip;
}

} // namespace Bulkhead
