// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/pixmapreader.h"

#include "vchan-io/wire/guitypes.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

namespace Bulkhead::GuiAgent
{

namespace
{

using Gui::BytesPerPixel;

/// Bytes that are on their way from the X server at a time: two full screens of 1920 × 1080. Pages of it cost memory
/// only once they were used.
constexpr std::size_t SegmentBytes = std::size_t{16} << 20;

constexpr std::uint32_t AllPlanes = 0xFFFFFFFF;

constexpr std::size_t bytesOf(const Rect &area)
{
    return std::size_t{area.width} * area.height * BytesPerPixel;
}

Result<UniqueFd> sharedMemory(std::size_t size)
{
    UniqueFd fd(memfd_create("bulkhead-gui-agent", MFD_CLOEXEC));
    if (!fd || ftruncate(fd.get(), static_cast<off_t>(size)) != 0) {
        return failErrno(errno, "memory to share with the X server");
    }
    return fd;
}

void copyRows(std::span<const std::byte> from, const Rect &area, PictureBuffer into)
{
    const std::size_t rowBytes = area.width * BytesPerPixel;
    const std::size_t stride = into.size.width * BytesPerPixel;
    const std::size_t first =
        (static_cast<std::size_t>(area.y) * stride) + (static_cast<std::size_t>(area.x) * BytesPerPixel);
    if (rowBytes == stride) {
        std::ranges::copy(from.first(bytesOf(area)), into.bytes.subspan(first).begin());
        return;
    }
    for (std::uint32_t row = 0; row < area.height; ++row) {
        std::ranges::copy(from.subspan(row * rowBytes, rowBytes), into.bytes.subspan(first + (row * stride)).begin());
    }
}

} // namespace

Result<PixmapReader> PixmapReader::create(Connection &x)
{
    if (!x.extensions().sharedMemory) {
        return PixmapReader(x, {}, XCB_NONE);
    }
    BH_TRY(UniqueFd fd, sharedMemory(SegmentBytes));
    BH_TRY(Mapping memory, Mapping::shared(fd.get(), SegmentBytes, PROT_READ | PROT_WRITE));
    const xcb_shm_seg_t segment = xcb_generate_id(x.xcb());
    // libxcb closes the descriptor once it was sent.
    const auto attached = xcb_shm_attach_fd_checked(x.xcb(), segment, fd.release(), 0);
    if (const XcbPtr<xcb_generic_error_t> error(xcb_request_check(x.xcb(), attached)); error) {
        return PixmapReader(x, {}, XCB_NONE);
    }
    return PixmapReader(x, std::move(memory), segment);
}

PixmapReader::PixmapReader(Connection &x, Mapping memory, xcb_shm_seg_t segment) noexcept
    : m_x(&x)
    , m_memory(std::move(memory))
    , m_segment(segment)
{
}

PixmapReader::PixmapReader(PixmapReader &&other) noexcept
    : m_x(other.m_x)
    , m_memory(std::move(other.m_memory))
    , m_segment(std::exchange(other.m_segment, XCB_NONE))
{
}

PixmapReader::~PixmapReader()
{
    if (m_segment != XCB_NONE) {
        xcb_shm_detach(m_x->xcb(), m_segment);
    }
}

void PixmapReader::copy(xcb_pixmap_t pixmap, std::span<const Rect> areas, PictureBuffer into)
{
    const Rect whole{0, 0, into.size.width, into.size.height};
    for (const Rect &area : areas) {
        BH_ASSERT(intersection(area, whole) == area);
        request(pixmap, area, into);
    }
    collect(into);
}

/// In bands of whole rows, so that each fits the segment; the widest row is 64 KiB.
void PixmapReader::request(xcb_pixmap_t pixmap, const Rect &area, PictureBuffer into)
{
    const std::size_t rowBytes = area.width * BytesPerPixel;
    std::uint32_t row = 0;
    while (row < area.height) {
        const std::size_t rowsThatFit = (SegmentBytes - m_used) / rowBytes;
        if (rowsThatFit == 0) {
            collect(into);
            continue;
        }
        const std::uint32_t rows = std::min(area.height - row, static_cast<std::uint32_t>(rowsThatFit));
        requestBand(pixmap, {area.x, area.y + static_cast<std::int32_t>(row), area.width, rows});
        row += rows;
    }
}

void PixmapReader::requestBand(xcb_pixmap_t pixmap, const Rect &band)
{
    const auto x = static_cast<std::int16_t>(band.x);
    const auto y = static_cast<std::int16_t>(band.y);
    const auto width = static_cast<std::uint16_t>(band.width);
    const auto height = static_cast<std::uint16_t>(band.height);
    unsigned sequence = 0;
    if (m_segment != XCB_NONE) {
        sequence = xcb_shm_get_image(m_x->xcb(),
                                     pixmap,
                                     x,
                                     y,
                                     width,
                                     height,
                                     AllPlanes,
                                     XCB_IMAGE_FORMAT_Z_PIXMAP,
                                     m_segment,
                                     static_cast<std::uint32_t>(m_used))
                       .sequence;
    } else {
        sequence =
            xcb_get_image(m_x->xcb(), XCB_IMAGE_FORMAT_Z_PIXMAP, pixmap, x, y, width, height, AllPlanes).sequence;
    }
    m_bands.push_back({.area = band, .offset = m_used, .sequence = sequence});
    m_used += bytesOf(band);
}

void PixmapReader::collect(PictureBuffer into)
{
    for (const Band &band : std::exchange(m_bands, {})) {
        if (m_segment != XCB_NONE) {
            collectShared(band, into);
        } else {
            collectSent(band, into);
        }
    }
    m_used = 0;
}

void PixmapReader::collectShared(const Band &band, PictureBuffer into) const
{
    const XcbPtr<xcb_shm_get_image_reply_t> reply(xcb_shm_get_image_reply(m_x->xcb(), {band.sequence}, nullptr));
    if (reply && reply->size == bytesOf(band.area)) {
        copyRows(m_memory.bytes().subspan(band.offset, bytesOf(band.area)), band.area, into);
    }
}

void PixmapReader::collectSent(const Band &band, PictureBuffer into) const
{
    const XcbPtr<xcb_get_image_reply_t> reply(xcb_get_image_reply(m_x->xcb(), {band.sequence}, nullptr));
    if (!reply) {
        return;
    }
    const std::span sent(xcb_get_image_data(reply.get()),
                         static_cast<std::size_t>(xcb_get_image_data_length(reply.get())));
    if (sent.size() == bytesOf(band.area)) {
        copyRows(std::as_bytes(sent), band.area, into);
    }
}

} // namespace Bulkhead::GuiAgent
