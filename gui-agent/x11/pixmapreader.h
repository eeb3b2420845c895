// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/geometry.h"
#include "gui-agent/x11/connection.h"

#include <xcb/shm.h>
#include <xcb/xcb.h>

#include <cstddef>
#include <span>
#include <vector>

namespace Bulkhead::GuiAgent
{

/// A picture as the daemon reads it: four bytes a pixel, rows without gaps.
struct PictureBuffer {
    std::span<std::byte> bytes;
    Size size;
};

/// Copies rectangles of pixmaps into pictures. The X server writes into a segment that it shares with the agent, from
/// which the rows are copied; a server that cannot share memory sends them. The requests of one call go out together.
class PixmapReader
{
public:
    /// @errors Io (no memory to share)
    [[nodiscard]] static Result<PixmapReader> create(Connection &x);

    PixmapReader(PixmapReader &&other) noexcept;
    PixmapReader &operator=(PixmapReader &&) = delete;
    PixmapReader(const PixmapReader &) = delete;
    PixmapReader &operator=(const PixmapReader &) = delete;
    ~PixmapReader();

    /// Each area lies within the picture; it is asserted. Areas of a pixmap that turns out to be smaller stay as they
    /// are.
    void copy(xcb_pixmap_t pixmap, std::span<const Rect> areas, PictureBuffer into);

private:
    struct Band {
        Rect area;
        std::size_t offset; ///< in the segment
        unsigned sequence;
    };

    PixmapReader(Connection &x, Mapping memory, xcb_shm_seg_t segment) noexcept;

    void request(xcb_pixmap_t pixmap, const Rect &area, PictureBuffer into);
    void requestBand(xcb_pixmap_t pixmap, const Rect &band);
    void collect(PictureBuffer into);
    void collectShared(const Band &band, PictureBuffer into) const;
    void collectSent(const Band &band, PictureBuffer into) const;

    Connection *m_x;
    Mapping m_memory; ///< empty where the server cannot share
    xcb_shm_seg_t m_segment;
    std::vector<Band> m_bands; ///< asked for, not yet read
    std::size_t m_used = 0;    ///< bytes of the segment
};

} // namespace Bulkhead::GuiAgent
