// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/malloced.h"

#include <xcb/xcb.h>

#include <memory>
#include <utility>

namespace Bulkhead::GuiAgent
{

/// A reply, an event or an error of libxcb.
template<typename T> using XcbPtr = Malloced<T>;

struct DisconnectDelete {
    void operator()(xcb_connection_t *connection) const noexcept
    {
        xcb_disconnect(connection);
    }
};

using XcbConnectionPtr = std::unique_ptr<xcb_connection_t, DisconnectDelete>;

/// Owns one pixmap. The connection outlives it.
class XcbPixmap
{
public:
    XcbPixmap() noexcept = default;

    XcbPixmap(xcb_connection_t *connection, xcb_pixmap_t id) noexcept
        : m_connection(connection)
        , m_id(id)
    {
    }

    XcbPixmap(XcbPixmap &&other) noexcept
        : m_connection(other.m_connection)
        , m_id(std::exchange(other.m_id, XCB_PIXMAP_NONE))
    {
    }

    XcbPixmap &operator=(XcbPixmap &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_connection = other.m_connection;
            m_id = std::exchange(other.m_id, XCB_PIXMAP_NONE);
        }
        return *this;
    }

    XcbPixmap(const XcbPixmap &) = delete;
    XcbPixmap &operator=(const XcbPixmap &) = delete;

    ~XcbPixmap()
    {
        reset();
    }

    [[nodiscard]] xcb_pixmap_t id() const noexcept
    {
        return m_id;
    }

    [[nodiscard]] explicit operator bool() const noexcept
    {
        return m_id != XCB_PIXMAP_NONE;
    }

    /// It was never made on the server: drop the id and send nothing.
    void forget() noexcept
    {
        m_id = XCB_PIXMAP_NONE;
    }

    void reset() noexcept
    {
        if (m_id != XCB_PIXMAP_NONE) {
            xcb_free_pixmap(m_connection, std::exchange(m_id, XCB_PIXMAP_NONE));
        }
    }

private:
    xcb_connection_t *m_connection = nullptr;
    xcb_pixmap_t m_id = XCB_PIXMAP_NONE;
};

} // namespace Bulkhead::GuiAgent
