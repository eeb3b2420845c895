// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/geometry.h"
#include "base/ids.h"
#include "gui-agent/x11/connection.h"
#include "gui-agent/x11/xcbhandles.h"

#include <xcb/xcb.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace Bulkhead::Test
{

/// An X program as the test plays it: makes windows, draws, and keeps the events it was given. Each call is carried out
/// by the server before it returns.
class TestProgram
{
public:
    enum class Kind : std::uint8_t { Managed, OverrideRedirect, InputOnly };

    TestProgram();

    /// Not mapped; watches everything that input can do to it.
    xcb_window_t createWindow(const Rect &geometry, Kind kind = Kind::Managed, std::uint16_t border = 0);
    xcb_window_t createChild(xcb_window_t parent, const Rect &geometry);
    void map(xcb_window_t window);
    void unmap(xcb_window_t window);
    void destroy(xcb_window_t window);
    void configure(xcb_window_t window, const Rect &geometry);
    void setOverrideRedirect(xcb_window_t window, bool on);
    void reparent(xcb_window_t window, xcb_window_t parent);
    void raise(xcb_window_t window);
    void fill(xcb_window_t window, const Rect &area, std::uint32_t color);
    /// A cursor with a name, as toolkits make them.
    void setCursor(xcb_window_t window, std::uint16_t glyph, std::string_view name);

    void setText(xcb_window_t window, xcb_atom_t property, xcb_atom_t type, std::string_view text);
    void setWords(xcb_window_t window, xcb_atom_t property, xcb_atom_t type, std::vector<std::uint32_t> words);
    [[nodiscard]] std::vector<std::uint32_t> words(xcb_window_t window, xcb_atom_t property);
    [[nodiscard]] std::string text(xcb_window_t window, xcb_atom_t property);

    /// A client message to the root window, as window managers get them.
    void tellWindowManager(xcb_window_t window, xcb_atom_t type, std::initializer_list<std::uint32_t> data);

    [[nodiscard]] std::optional<Rect> geometry(xcb_window_t window);
    [[nodiscard]] std::uint16_t borderWidth(xcb_window_t window);
    [[nodiscard]] xcb_window_t focus();
    [[nodiscard]] Point pointer();
    [[nodiscard]] std::uint16_t modifiers();
    [[nodiscard]] bool keyIsDown(std::uint8_t keycode);
    /// Presses or releases as if another program used XTEST.
    void fakeKey(std::uint8_t keycode, bool press);

    /// Takes in what has arrived.
    void poll();
    /// How many events of this type the window got so far.
    [[nodiscard]] std::size_t count(std::uint8_t type, xcb_window_t window) const;
    /// Keycodes or buttons (`detail`) of the events of this type, in their order.
    [[nodiscard]] std::vector<std::uint8_t> details(std::uint8_t type, xcb_window_t window) const;
    /// The first words of client messages of WM_PROTOCOLS.
    [[nodiscard]] std::vector<xcb_atom_t> protocolMessages(xcb_window_t window) const;
    void forgetEvents();

    /// The server cut the connection.
    [[nodiscard]] bool isCutOff() const;

    [[nodiscard]] GuiAgent::Connection &x()
    {
        return *m_x;
    }

    [[nodiscard]] const GuiAgent::Atoms &atoms() const
    {
        return m_x->atoms();
    }

    /// Waits until the server has done all of this program's requests.
    void sync();

private:
    std::unique_ptr<GuiAgent::Connection> m_x;
    std::vector<GuiAgent::XcbPtr<xcb_generic_event_t>> m_events;
};

constexpr WindowId idOf(xcb_window_t window)
{
    return WindowId{window};
}

} // namespace Bulkhead::Test
