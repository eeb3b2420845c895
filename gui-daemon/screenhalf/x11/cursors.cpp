// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/x11/cursors.h"

#include <string_view>

namespace Bulkhead::Screen
{

Cursors::Cursors(const Connection &connection)
    : m_connection(connection)
    , m_font(connection.get(), xcb_generate_id(connection.get()))
{
    constexpr std::string_view name = "cursor";
    xcb_open_font(connection.get(), m_font.id(), name.size(), name.data());
}

xcb_cursor_t Cursors::find(const Gui::CursorShape &shape)
{
    const auto glyph = shape.glyph();
    if (!glyph) {
        return XCB_NONE;
    }
    const auto known = m_cursors.find(*glyph);
    if (known != m_cursors.end()) {
        return known->second.id();
    }
    xcb_connection_t *x = m_connection.get();
    XcbCursor cursor(x, xcb_generate_id(x));
    const auto mask = static_cast<std::uint16_t>(*glyph + 1); // each glyph's mask follows it
    constexpr std::uint16_t full = 0xFFFF;
    xcb_create_glyph_cursor(x, cursor.id(), m_font.id(), m_font.id(), *glyph, mask, 0, 0, 0, full, full, full);
    return m_cursors.emplace(*glyph, std::move(cursor)).first->second.id();
}

} // namespace Bulkhead::Screen
