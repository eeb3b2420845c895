// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/x11/sharedimage.h"

#include "vchan-io/transport/sealedmemory.h"

#include <fcntl.h>

#include <cerrno>

namespace Bulkhead::Screen
{
namespace
{

constexpr std::uint8_t ImageDepth = 24;

} // namespace

Result<SharedImage> SharedImage::create(const Connection &connection, std::uint32_t serial, Size size)
{
    SharedImage image;
    image.m_serial = serial;
    image.m_size = size;
    BH_TRY(image.m_memory, createSealedMemory("bulkhead-picture", image.bytes()));
    UniqueFd forServer(fcntl(image.m_memory.get(), F_DUPFD_CLOEXEC, 0));
    if (!forServer) {
        return failErrno(errno, "handing a picture to the X server");
    }
    const xcb_shm_seg_t segment = xcb_generate_id(connection.get());
    constexpr std::uint8_t readOnly = 1;
    xcb_shm_attach_fd(connection.get(), segment, forServer.release(), readOnly); // xcb closes it once it is sent
    image.m_segment = {connection.get(), segment};
    return image;
}

void SharedImage::draw(
    xcb_connection_t *x, xcb_window_t target, xcb_gcontext_t gc, const Rect &area, Point offset, Notify notify) const
{
    const Rect part = intersection(area, {0, 0, m_size.width, m_size.height});
    if (part.empty() && notify == Notify::No) {
        return;
    }
    // An empty part is drawn as well where an answer is waited for: the server's answer keeps the order.
    xcb_shm_put_image(x,
                      target,
                      gc,
                      static_cast<std::uint16_t>(m_size.width),
                      static_cast<std::uint16_t>(m_size.height),
                      static_cast<std::uint16_t>(part.x),
                      static_cast<std::uint16_t>(part.y),
                      static_cast<std::uint16_t>(part.width),
                      static_cast<std::uint16_t>(part.height),
                      static_cast<std::int16_t>(part.x + offset.x),
                      static_cast<std::int16_t>(part.y + offset.y),
                      ImageDepth,
                      XCB_IMAGE_FORMAT_Z_PIXMAP,
                      notify == Notify::WhenDone ? 1 : 0,
                      m_segment.id(),
                      0);
}

} // namespace Bulkhead::Screen
