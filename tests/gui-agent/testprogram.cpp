// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-agent/testprogram.h"

#include "gui-agent/x11/properties.h"
#include "tests/support/xcbevent.h"

#include <xcb/xfixes.h>
#include <xcb/xtest.h>

#include <algorithm>
#include <array>
#include <bit>

namespace Bulkhead::Test
{

using GuiAgent::XcbPtr;

namespace
{

constexpr std::uint32_t EveryInput = XCB_EVENT_MASK_KEY_PRESS | XCB_EVENT_MASK_KEY_RELEASE | XCB_EVENT_MASK_BUTTON_PRESS
    | XCB_EVENT_MASK_BUTTON_RELEASE | XCB_EVENT_MASK_ENTER_WINDOW | XCB_EVENT_MASK_LEAVE_WINDOW
    | XCB_EVENT_MASK_POINTER_MOTION | XCB_EVENT_MASK_FOCUS_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY
    | XCB_EVENT_MASK_PROPERTY_CHANGE;

std::uint8_t typeOf(const xcb_generic_event_t &event)
{
    return event.response_type & 0x7F;
}

/// The window an event was given to; input events have theirs in one place, the others in theirs.
xcb_window_t windowOf(const xcb_generic_event_t &event)
{
    switch (typeOf(event)) {
    case XCB_KEY_PRESS:
    case XCB_KEY_RELEASE:
    case XCB_BUTTON_PRESS:
    case XCB_BUTTON_RELEASE:
    case XCB_MOTION_NOTIFY:
    case XCB_ENTER_NOTIFY:
    case XCB_LEAVE_NOTIFY:
        return eventAs<xcb_key_press_event_t>(event).event;
    case XCB_FOCUS_IN:
    case XCB_FOCUS_OUT:
        return eventAs<xcb_focus_in_event_t>(event).event;
    case XCB_CLIENT_MESSAGE:
        return eventAs<xcb_client_message_event_t>(event).window;
    default:
        return eventAs<xcb_configure_notify_event_t>(event).window;
    }
}

} // namespace

TestProgram::TestProgram()
{
    auto connection = GuiAgent::Connection::open(nullptr);
    BH_ASSERT(connection.has_value());
    m_x = std::move(*connection);
}

xcb_window_t TestProgram::createWindow(const Rect &geometry, Kind kind, std::uint16_t border)
{
    const xcb_window_t window = xcb_generate_id(m_x->xcb());
    const bool inputOnly = kind == Kind::InputOnly;
    const std::uint32_t overrideRedirect = kind == Kind::OverrideRedirect ? 1 : 0;
    const std::array values{overrideRedirect, EveryInput};
    xcb_create_window(m_x->xcb(),
                      XCB_COPY_FROM_PARENT,
                      window,
                      m_x->root(),
                      static_cast<std::int16_t>(geometry.x),
                      static_cast<std::int16_t>(geometry.y),
                      static_cast<std::uint16_t>(geometry.width),
                      static_cast<std::uint16_t>(geometry.height),
                      border,
                      inputOnly ? XCB_WINDOW_CLASS_INPUT_ONLY : XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      XCB_COPY_FROM_PARENT,
                      XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK,
                      values.data());
    sync();
    return window;
}

xcb_window_t TestProgram::createChild(xcb_window_t parent, const Rect &geometry)
{
    const xcb_window_t window = xcb_generate_id(m_x->xcb());
    xcb_create_window(m_x->xcb(),
                      XCB_COPY_FROM_PARENT,
                      window,
                      parent,
                      static_cast<std::int16_t>(geometry.x),
                      static_cast<std::int16_t>(geometry.y),
                      static_cast<std::uint16_t>(geometry.width),
                      static_cast<std::uint16_t>(geometry.height),
                      0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      XCB_COPY_FROM_PARENT,
                      0,
                      nullptr);
    sync();
    return window;
}

void TestProgram::map(xcb_window_t window)
{
    xcb_map_window(m_x->xcb(), window);
    sync();
}

void TestProgram::unmap(xcb_window_t window)
{
    xcb_unmap_window(m_x->xcb(), window);
    sync();
}

void TestProgram::destroy(xcb_window_t window)
{
    xcb_destroy_window(m_x->xcb(), window);
    sync();
}

void TestProgram::configure(xcb_window_t window, const Rect &geometry)
{
    const std::array values{static_cast<std::uint32_t>(geometry.x),
                            static_cast<std::uint32_t>(geometry.y),
                            geometry.width,
                            geometry.height};
    xcb_configure_window(m_x->xcb(),
                         window,
                         XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT,
                         values.data());
    sync();
}

void TestProgram::setOverrideRedirect(xcb_window_t window, bool on)
{
    const std::uint32_t value = on ? 1 : 0;
    xcb_change_window_attributes(m_x->xcb(), window, XCB_CW_OVERRIDE_REDIRECT, &value);
    sync();
}

void TestProgram::reparent(xcb_window_t window, xcb_window_t parent)
{
    xcb_reparent_window(m_x->xcb(), window, parent, 0, 0);
    sync();
}

void TestProgram::raise(xcb_window_t window)
{
    const std::uint32_t above = XCB_STACK_MODE_ABOVE;
    xcb_configure_window(m_x->xcb(), window, XCB_CONFIG_WINDOW_STACK_MODE, &above);
    sync();
}

void TestProgram::fill(xcb_window_t window, const Rect &area, std::uint32_t color)
{
    const xcb_gcontext_t gc = xcb_generate_id(m_x->xcb());
    xcb_create_gc(m_x->xcb(), gc, window, XCB_GC_FOREGROUND, &color);
    const xcb_rectangle_t rectangle{static_cast<std::int16_t>(area.x),
                                    static_cast<std::int16_t>(area.y),
                                    static_cast<std::uint16_t>(area.width),
                                    static_cast<std::uint16_t>(area.height)};
    xcb_poly_fill_rectangle(m_x->xcb(), window, gc, 1, &rectangle);
    xcb_free_gc(m_x->xcb(), gc);
    sync();
}

void TestProgram::setCursor(xcb_window_t window, std::uint16_t glyph, std::string_view name)
{
    xcb_connection_t *c = m_x->xcb();
    const xcb_font_t font = xcb_generate_id(c);
    const xcb_cursor_t cursor = xcb_generate_id(c);
    xcb_open_font(c, font, 6, "cursor");
    const auto mask = static_cast<std::uint16_t>(glyph + 1);
    xcb_create_glyph_cursor(c, cursor, font, font, glyph, mask, 0, 0, 0, 0xFFFF, 0xFFFF, 0xFFFF);
    xcb_xfixes_set_cursor_name(c, cursor, static_cast<std::uint16_t>(name.size()), name.data());
    xcb_change_window_attributes(c, window, XCB_CW_CURSOR, &cursor);
    xcb_close_font(c, font);
    sync();
}

void TestProgram::setText(xcb_window_t window, xcb_atom_t property, xcb_atom_t type, std::string_view text)
{
    GuiAgent::setText(m_x->xcb(), window, property, type, text);
    sync();
}

void TestProgram::setWords(xcb_window_t window, xcb_atom_t property, xcb_atom_t type, std::vector<std::uint32_t> words)
{
    GuiAgent::setWords(m_x->xcb(), window, property, type, words);
    sync();
}

std::vector<std::uint32_t> TestProgram::words(xcb_window_t window, xcb_atom_t property)
{
    const auto asked = GuiAgent::askProperty(m_x->xcb(), window, property, 1024);
    return GuiAgent::wordsOf(GuiAgent::PropertyReply(xcb_get_property_reply(m_x->xcb(), asked, nullptr)));
}

std::string TestProgram::text(xcb_window_t window, xcb_atom_t property)
{
    const auto asked = GuiAgent::askProperty(m_x->xcb(), window, property, 1U << 20);
    return std::string(GuiAgent::bytesOf(GuiAgent::PropertyReply(xcb_get_property_reply(m_x->xcb(), asked, nullptr))));
}

void TestProgram::tellWindowManager(xcb_window_t window, xcb_atom_t type, std::initializer_list<std::uint32_t> data)
{
    xcb_client_message_event_t message{};
    message.response_type = XCB_CLIENT_MESSAGE;
    message.format = 32;
    message.window = window;
    message.type = type;
    std::ranges::copy(data, message.data.data32);
    const auto bytes = std::bit_cast<std::array<char, sizeof message>>(message);
    xcb_send_event(m_x->xcb(),
                   0,
                   m_x->root(),
                   XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY | XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT,
                   bytes.data());
    sync();
}

std::optional<Rect> TestProgram::geometry(xcb_window_t window)
{
    const XcbPtr<xcb_get_geometry_reply_t> reply(
        xcb_get_geometry_reply(m_x->xcb(), xcb_get_geometry(m_x->xcb(), window), nullptr));
    if (!reply) {
        return std::nullopt;
    }
    return Rect{reply->x, reply->y, reply->width, reply->height};
}

std::uint16_t TestProgram::borderWidth(xcb_window_t window)
{
    const XcbPtr<xcb_get_geometry_reply_t> reply(
        xcb_get_geometry_reply(m_x->xcb(), xcb_get_geometry(m_x->xcb(), window), nullptr));
    return reply ? reply->border_width : std::uint16_t{0xFFFF};
}

xcb_window_t TestProgram::focus()
{
    const XcbPtr<xcb_get_input_focus_reply_t> reply(
        xcb_get_input_focus_reply(m_x->xcb(), xcb_get_input_focus(m_x->xcb()), nullptr));
    return reply ? reply->focus : xcb_window_t{XCB_WINDOW_NONE};
}

Point TestProgram::pointer()
{
    const XcbPtr<xcb_query_pointer_reply_t> reply(
        xcb_query_pointer_reply(m_x->xcb(), xcb_query_pointer(m_x->xcb(), m_x->root()), nullptr));
    return reply ? Point{reply->root_x, reply->root_y} : Point{-1, -1};
}

std::uint16_t TestProgram::modifiers()
{
    const XcbPtr<xcb_query_pointer_reply_t> reply(
        xcb_query_pointer_reply(m_x->xcb(), xcb_query_pointer(m_x->xcb(), m_x->root()), nullptr));
    return reply ? reply->mask & 0xFF : 0;
}

bool TestProgram::keyIsDown(std::uint8_t keycode)
{
    const XcbPtr<xcb_query_keymap_reply_t> reply(
        xcb_query_keymap_reply(m_x->xcb(), xcb_query_keymap(m_x->xcb()), nullptr));
    return reply && ((reply->keys[keycode / 8] >> (keycode % 8)) & 1) != 0;
}

void TestProgram::fakeKey(std::uint8_t keycode, bool press)
{
    xcb_test_fake_input(
        m_x->xcb(), press ? XCB_KEY_PRESS : XCB_KEY_RELEASE, keycode, XCB_CURRENT_TIME, m_x->root(), 0, 0, 0);
    sync();
}

void TestProgram::poll()
{
    while (auto event = m_x->nextEvent()) {
        m_events.push_back(std::move(event));
    }
}

std::size_t TestProgram::count(std::uint8_t type, xcb_window_t window) const
{
    return static_cast<std::size_t>(std::ranges::count_if(m_events, [type, window](const auto &event) {
        return typeOf(*event) == type && windowOf(*event) == window;
    }));
}

std::vector<std::uint8_t> TestProgram::details(std::uint8_t type, xcb_window_t window) const
{
    std::vector<std::uint8_t> found;
    for (const auto &event : m_events) {
        if (typeOf(*event) == type && windowOf(*event) == window) {
            found.push_back(event->pad0);
        }
    }
    return found;
}

std::vector<xcb_atom_t> TestProgram::protocolMessages(xcb_window_t window) const
{
    std::vector<xcb_atom_t> found;
    for (const auto &event : m_events) {
        if (typeOf(*event) == XCB_CLIENT_MESSAGE && windowOf(*event) == window) {
            const auto &message = eventAs<xcb_client_message_event_t>(*event);
            if (message.type == m_x->atoms().wmProtocols) {
                found.push_back(message.data.data32[0]);
            }
        }
    }
    return found;
}

void TestProgram::forgetEvents()
{
    poll();
    m_events.clear();
}

bool TestProgram::isCutOff() const
{
    return m_x->isBroken();
}

void TestProgram::sync()
{
    const XcbPtr<xcb_get_input_focus_reply_t> reply(
        xcb_get_input_focus_reply(m_x->xcb(), xcb_get_input_focus(m_x->xcb()), nullptr));
}

} // namespace Bulkhead::Test
