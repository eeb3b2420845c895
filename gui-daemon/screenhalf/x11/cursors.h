// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-daemon/screenhalf/x11/connection.h"
#include "gui-daemon/screenhalf/x11/xcbhandles.h"
#include "vchan-io/wire/guitypes.h"

#include <cstdint>
#include <map>

namespace Bulkhead::Screen
{

/// Cursors of X's cursor font, each made when it is first asked for. No qube brings a picture of its own (spec
/// security, R-35).
class Cursors
{
public:
    /// @param connection  outlives it
    explicit Cursors(const Connection &connection);

    /// XCB_NONE for the default, which is the parent's.
    [[nodiscard]] xcb_cursor_t find(const Gui::CursorShape &shape);

private:
    const Connection &m_connection;
    XcbFont m_font;
    std::map<std::uint8_t, XcbCursor> m_cursors;
};

} // namespace Bulkhead::Screen
