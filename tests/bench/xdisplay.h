// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"

#include <xcb/shm.h>
#include <xcb/xcb.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead::Bench
{

/// One X display as a benchmark needs it; every request is checked, and a failure ends the program with words.
class Display
{
public:
    explicit Display(const char *name);
    ~Display();
    Display(const Display &) = delete;
    Display &operator=(const Display &) = delete;

    [[nodiscard]] xcb_connection_t *connection() const noexcept
    {
        return m_x.get();
    }

    [[nodiscard]] xcb_window_t root() const noexcept
    {
        return m_root;
    }

    [[nodiscard]] std::uint8_t depth() const noexcept
    {
        return m_depth;
    }

    [[nodiscard]] xcb_gcontext_t context() const noexcept
    {
        return m_context;
    }

    [[nodiscard]] std::vector<xcb_window_t> children(xcb_window_t window) const;
    [[nodiscard]] std::pair<std::uint16_t, std::uint16_t> size(xcb_window_t window) const;
    /// Whether all of its pixels can be read: it and all that it lies in are mapped, and it lies on the screen as a
    /// whole.
    [[nodiscard]] bool isWhollyShown(xcb_window_t window) const;
    [[nodiscard]] bool hasProperty(xcb_window_t window, std::string_view name) const;
    /// A mapped window at (40, 40).
    [[nodiscard]] xcb_window_t showWindow(std::uint16_t width, std::uint16_t height) const;
    void lower(xcb_window_t window) const;
    /// Fills the window's top-left rectangle and flushes.
    void fill(xcb_window_t window, std::uint32_t color, std::uint16_t width, std::uint16_t height) const;
    /// 0xRRGGBB of one pixel.
    [[nodiscard]] std::uint32_t pixel(xcb_window_t window, int x, int y) const;
    /// Asks for damage events of everything on the screen.
    void watchDamageOfRoot() const;
    /// Returns when something on the screen changed.
    void waitForDamage() const;
    void sync() const;

private:
    struct Disconnect {
        void operator()(xcb_connection_t *connection) const noexcept
        {
            xcb_disconnect(connection);
        }
    };

    std::unique_ptr<xcb_connection_t, Disconnect> m_x;
    xcb_window_t m_root = XCB_WINDOW_NONE;
    std::uint8_t m_depth = 0;
    xcb_gcontext_t m_context = XCB_NONE;
};

/// A picture in memory shared with one X server.
class SharedImage
{
public:
    SharedImage(const Display &display, std::uint16_t width, std::uint16_t height);

    [[nodiscard]] std::span<std::byte> bytes() const noexcept
    {
        return m_memory.bytes();
    }

    /// Reads the window's top-left rectangle; returns when it is there.
    void get(xcb_window_t window) const;
    /// Puts it into the window; returns when the server has done it.
    void put(xcb_window_t window) const;

private:
    const Display &m_display;
    std::uint16_t m_width;
    std::uint16_t m_height;
    Mapping m_memory;
    xcb_shm_seg_t m_segment = XCB_NONE;
};

} // namespace Bulkhead::Bench
