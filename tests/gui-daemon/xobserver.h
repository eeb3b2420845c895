// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "gui-daemon/screenhalf/x11/xcbhandles.h"

#include <QByteArray>
#include <QString>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace Bulkhead::Test
{

/// What another X client sees and does: pixels as they are on the screen, windows by their Qubes properties, a
/// person's hands. It has a connection of its own to the private server of the test.
class XObserver
{
public:
    XObserver();
    ~XObserver();
    XObserver(const XObserver &) = delete;
    XObserver &operator=(const XObserver &) = delete;

    [[nodiscard]] xcb_connection_t *get() const
    {
        return m_x;
    }

    [[nodiscard]] xcb_window_t root() const
    {
        return m_screen->root;
    }

    /// As it is now.
    [[nodiscard]] Size rootSize() const
    {
        return geometry(root()).size();
    }

    /// Frames with `_QUBES_VMNAME`, at whatever depth a window manager put them.
    [[nodiscard]] std::vector<xcb_window_t> frames() const;
    /// The frame of a guest's window id; XCB_NONE if there is none.
    /// @param qube  only frames of this qube; empty: of any
    [[nodiscard]] xcb_window_t frameOf(std::uint32_t windowId, const QByteArray &qube = {}) const;
    [[nodiscard]] xcb_window_t contentOf(xcb_window_t frame) const;

    [[nodiscard]] bool isViewable(xcb_window_t window) const;
    [[nodiscard]] bool isOverrideRedirect(xcb_window_t window) const;
    /// From the root's corner.
    [[nodiscard]] Rect geometry(xcb_window_t window) const;
    [[nodiscard]] QByteArray property(xcb_window_t window, const char *name) const;
    [[nodiscard]] std::vector<std::uint32_t> numbers(xcb_window_t window, const char *name) const;
    [[nodiscard]] QString typeAndFormat(xcb_window_t window, const char *name) const;

    /// 0xRRGGBB, row by row, of what is on the screen.
    [[nodiscard]] std::vector<std::uint32_t> pixels(const Rect &area) const;
    /// Whether every pixel of the four sides is `color`.
    [[nodiscard]] bool isFramed(const Rect &frame, std::uint32_t border, std::uint32_t color) const;
    [[nodiscard]] bool isFilled(const Rect &area, std::uint32_t color) const;

    /// A window of another program over `area`, until it is destroyed.
    /// @param instance  its WM_CLASS
    [[nodiscard]] Screen::XcbWindow cover(const Rect &area, const QByteArray &instance = {}) const;
    void moveResize(xcb_window_t window, const Rect &to) const;
    void focus(xcb_window_t window) const;
    [[nodiscard]] xcb_window_t focused() const;
    void reparent(xcb_window_t window, xcb_window_t parent) const;
    void restack(xcb_window_t window, xcb_stack_mode_t mode) const;
    void grabKeyboard() const;
    void ungrabKeyboard() const;
    void pointAt(Point place) const;
    void key(std::uint8_t keycode, bool pressed) const;
    void button(std::uint8_t button, bool pressed) const;
    void sendClientMessage(xcb_window_t window, const char *type, std::uint32_t first) const;
    /// To the root window, as pagers and task bars ask the window manager.
    void askWindowManager(xcb_window_t window, const char *type, const std::array<std::uint32_t, 5> &data) const;

    /// From now on events of this window are kept.
    void watch(xcb_window_t window, std::uint32_t events) const;
    /// The first words of all client messages of this type that came to watched windows so far.
    [[nodiscard]] std::vector<std::uint32_t> clientMessages(const char *type);
    /// How often a watched window's property was changed so far.
    [[nodiscard]] std::size_t changesOf(xcb_window_t window, const char *property);
    void changeProperty(xcb_window_t window, const char *name, const std::vector<std::uint32_t> &values) const;
    void changeAtoms(xcb_window_t window, const char *name, const std::vector<const char *> &values) const;
    [[nodiscard]] xcb_atom_t atom(const char *name) const;
    void sync() const;

private:
    void collect(xcb_window_t window, int depth, std::vector<xcb_window_t> &found) const;
    [[nodiscard]] Screen::XcbPtr<xcb_get_property_reply_t> read(xcb_window_t window, const char *name) const;
    void fake(std::uint8_t type, std::uint8_t detail, Point place = {}) const;
    void collectEvents();

    xcb_connection_t *m_x;
    xcb_screen_t *m_screen;
    std::vector<Screen::XcbPtr<xcb_generic_event_t>> m_events;
};

} // namespace Bulkhead::Test
