// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-agent/x11/xcbhandles.h"

#include <xcb/xcb.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace Bulkhead::GuiAgent
{

using PropertyReply = XcbPtr<xcb_get_property_reply_t>;

/// Asks for at most `words` × 4 bytes of a property; the answer is read later.
[[nodiscard]] xcb_get_property_cookie_t
askProperty(xcb_connection_t *connection, xcb_window_t window, xcb_atom_t property, std::uint32_t words);

/// The bytes of a property of 8-bit items; empty for another format, no property or no window.
[[nodiscard]] std::string_view bytesOf(const PropertyReply &reply);

/// The items of a property of 32-bit items; empty for another format, no property or no window.
[[nodiscard]] std::vector<std::uint32_t> wordsOf(const PropertyReply &reply);

/// Replaces a property of 32-bit items.
void setWords(xcb_connection_t *connection,
              xcb_window_t window,
              xcb_atom_t property,
              xcb_atom_t type,
              std::span<const std::uint32_t> words);

/// Replaces a property of 8-bit items.
void setText(
    xcb_connection_t *connection, xcb_window_t window, xcb_atom_t property, xcb_atom_t type, std::string_view text);

} // namespace Bulkhead::GuiAgent
