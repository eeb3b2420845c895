// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/geometry.h"
#include "gui-daemon/screenhalf/x11/connection.h"

#include <xcb/shm.h>

#include <cstddef>
#include <cstdint>

namespace Bulkhead::Screen
{

/// A picture that the wire half fills and the X server reads: a zeroed memfd of ours that can neither shrink nor grow,
/// attached to the server read-only (spec security, R-27). No guest's page is behind it.
class SharedImage
{
public:
    SharedImage() noexcept = default;

    /// @param size  at least 1 × 1
    /// @errors Io
    [[nodiscard]] static Result<SharedImage> create(const Connection &connection, std::uint32_t serial, Size size);

    [[nodiscard]] explicit operator bool() const noexcept
    {
        return static_cast<bool>(m_segment);
    }

    [[nodiscard]] std::uint32_t serial() const noexcept
    {
        return m_serial;
    }

    [[nodiscard]] Size size() const noexcept
    {
        return m_size;
    }

    [[nodiscard]] xcb_shm_seg_t segment() const noexcept
    {
        return m_segment.id();
    }

    [[nodiscard]] std::size_t bytes() const noexcept
    {
        return std::size_t{m_size.width} * m_size.height * 4;
    }

    /// The memory's descriptor, to be handed to the wire half; empty afterwards.
    [[nodiscard]] UniqueFd takeDescriptor() noexcept
    {
        return std::move(m_memory);
    }

    enum class Notify : std::uint8_t { No, WhenDone };

    /// Asks the server to draw `area` of the picture into `target`, in which the first pixel of the picture is at
    /// `offset`.
    /// @param notify  WhenDone: a completion event follows
    void draw(xcb_connection_t *x,
              xcb_window_t target,
              xcb_gcontext_t gc,
              const Rect &area,
              Point offset,
              Notify notify) const;

private:
    UniqueFd m_memory;
    XcbResource<xcb_shm_detach> m_segment;
    std::uint32_t m_serial = 0;
    Size m_size;
};

} // namespace Bulkhead::Screen
