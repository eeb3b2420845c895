// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/properties.h"

#include <cstddef>
#include <cstring>

namespace Bulkhead::GuiAgent
{

xcb_get_property_cookie_t
askProperty(xcb_connection_t *connection, xcb_window_t window, xcb_atom_t property, std::uint32_t words)
{
    return xcb_get_property(connection, 0, window, property, XCB_GET_PROPERTY_TYPE_ANY, 0, words);
}

std::string_view bytesOf(const PropertyReply &reply)
{
    if (!reply || reply->format != 8) {
        return {};
    }
    return {static_cast<const char *>(xcb_get_property_value(reply.get())),
            static_cast<std::size_t>(xcb_get_property_value_length(reply.get()))};
}

std::vector<std::uint32_t> wordsOf(const PropertyReply &reply)
{
    if (!reply || reply->format != 32) {
        return {};
    }
    const auto length = static_cast<std::size_t>(xcb_get_property_value_length(reply.get()));
    std::vector<std::uint32_t> words(length / sizeof(std::uint32_t));
    if (!words.empty()) {
        std::memcpy(words.data(), xcb_get_property_value(reply.get()), words.size() * sizeof(std::uint32_t));
    }
    return words;
}

void setWords(xcb_connection_t *connection,
              xcb_window_t window,
              xcb_atom_t property,
              xcb_atom_t type,
              std::span<const std::uint32_t> words)
{
    xcb_change_property(connection,
                        XCB_PROP_MODE_REPLACE,
                        window,
                        property,
                        type,
                        32,
                        static_cast<std::uint32_t>(words.size()),
                        words.data());
}

void setText(
    xcb_connection_t *connection, xcb_window_t window, xcb_atom_t property, xcb_atom_t type, std::string_view text)
{
    xcb_change_property(connection,
                        XCB_PROP_MODE_REPLACE,
                        window,
                        property,
                        type,
                        8,
                        static_cast<std::uint32_t>(text.size()),
                        text.data());
}

} // namespace Bulkhead::GuiAgent
