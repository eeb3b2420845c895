// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/malloced.h"

#include <xcb/xcb.h>

#include <cstdint>
#include <utility>

namespace Bulkhead::Screen
{

/// A reply, event or error of xcb.
template<typename T> using XcbPtr = Malloced<T>;

/// Owns one X resource and frees it with `Free`. Main thread only; the connection outlives every handle.
template<auto Free> class XcbResource
{
public:
    XcbResource() noexcept = default;

    XcbResource(xcb_connection_t *connection, std::uint32_t id) noexcept
        : m_connection(connection)
        , m_id(id)
    {
    }

    XcbResource(XcbResource &&other) noexcept
        : m_connection(other.m_connection)
        , m_id(std::exchange(other.m_id, XCB_NONE))
    {
    }

    XcbResource &operator=(XcbResource &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_connection = other.m_connection;
            m_id = std::exchange(other.m_id, XCB_NONE);
        }
        return *this;
    }

    XcbResource(const XcbResource &) = delete;
    XcbResource &operator=(const XcbResource &) = delete;

    ~XcbResource()
    {
        reset();
    }

    [[nodiscard]] std::uint32_t id() const noexcept
    {
        return m_id;
    }

    [[nodiscard]] explicit operator bool() const noexcept
    {
        return m_id != XCB_NONE;
    }

    void reset() noexcept
    {
        if (const std::uint32_t id = std::exchange(m_id, XCB_NONE); id != XCB_NONE) {
            Free(m_connection, id);
        }
    }

    /// The server freed it already (DestroyNotify): drop the id and send nothing.
    void forget() noexcept
    {
        m_id = XCB_NONE;
    }

private:
    xcb_connection_t *m_connection = nullptr;
    std::uint32_t m_id = XCB_NONE;
};

using XcbWindow = XcbResource<xcb_destroy_window>;
using XcbPixmap = XcbResource<xcb_free_pixmap>;
using XcbCursor = XcbResource<xcb_free_cursor>;
using XcbFont = XcbResource<xcb_close_font>;
using XcbGc = XcbResource<xcb_free_gc>;

} // namespace Bulkhead::Screen
