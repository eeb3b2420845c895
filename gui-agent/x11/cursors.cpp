// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/cursors.h"

#include "gui-agent/cursornames.h"

#include <xcb/xfixes.h>

#include <cstddef>
#include <string_view>

namespace Bulkhead::GuiAgent
{

namespace
{

Gui::CursorShape shapeNamed(xcb_connection_t *connection, xcb_atom_t name)
{
    if (name == XCB_ATOM_NONE) {
        return {};
    }
    const XcbPtr<xcb_get_atom_name_reply_t> reply(
        xcb_get_atom_name_reply(connection, xcb_get_atom_name(connection, name), nullptr));
    if (!reply) {
        return {};
    }
    return cursorForName(std::string_view(xcb_get_atom_name_name(reply.get()),
                                          static_cast<std::size_t>(xcb_get_atom_name_name_length(reply.get()))));
}

} // namespace

Cursors::Cursors(Connection &x, WindowTable &windows, const Injector &pointer)
    : m_x(x)
    , m_windows(windows)
    , m_pointer(pointer)
{
    xcb_xfixes_select_cursor_input(m_x.xcb(), m_x.root(), XCB_XFIXES_CURSOR_NOTIFY_MASK_DISPLAY_CURSOR);
}

void Cursors::handle(const xcb_generic_event_t &event)
{
    if ((event.response_type & 0x7F) != m_x.extensions().fixesEvents + XCB_XFIXES_CURSOR_NOTIFY) {
        return;
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how libxcb gives events out
    const auto &changed = reinterpret_cast<const xcb_xfixes_cursor_notify_event_t &>(event);
    m_x.noteTime(changed.timestamp);
    m_shape = shapeNamed(m_x.xcb(), changed.name);
    const auto place = m_pointer.pointer();
    if (!place) {
        return;
    }
    if (GuestWindow *window = m_windows.find(WindowId{place->window}); window != nullptr) {
        show(*window);
    }
}

void Cursors::entered(GuestWindow &window)
{
    show(window);
}

void Cursors::show(GuestWindow &window)
{
    if (window.cursor != m_shape) {
        window.cursor = m_shape;
        m_windows.touch(window);
    }
}

} // namespace Bulkhead::GuiAgent
