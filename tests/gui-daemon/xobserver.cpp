// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-daemon/xobserver.h"

#include "tests/support/xcbevent.h"

#include <xcb/xtest.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace Bulkhead::Test
{

using Screen::XcbPtr;
using Screen::XcbWindow;

XObserver::XObserver()
    : m_x(xcb_connect(nullptr, nullptr))
    , m_screen(xcb_setup_roots_iterator(xcb_get_setup(m_x)).data)
{
}

XObserver::~XObserver()
{
    xcb_disconnect(m_x);
}

void XObserver::sync() const
{
    const XcbPtr<xcb_get_input_focus_reply_t> reply(xcb_get_input_focus_reply(m_x, xcb_get_input_focus(m_x), nullptr));
}

xcb_atom_t XObserver::atom(const char *name) const
{
    const XcbPtr<xcb_intern_atom_reply_t> reply(
        xcb_intern_atom_reply(m_x, xcb_intern_atom(m_x, 0, static_cast<std::uint16_t>(strlen(name)), name), nullptr));
    return reply->atom;
}

XcbPtr<xcb_get_property_reply_t> XObserver::read(xcb_window_t window, const char *name) const
{
    return XcbPtr<xcb_get_property_reply_t>(xcb_get_property_reply(
        m_x, xcb_get_property(m_x, 0, window, atom(name), XCB_GET_PROPERTY_TYPE_ANY, 0, 1024), nullptr));
}

QByteArray XObserver::property(xcb_window_t window, const char *name) const
{
    const auto reply = read(window, name);
    return reply ? QByteArray(static_cast<const char *>(xcb_get_property_value(reply.get())),
                              xcb_get_property_value_length(reply.get()))
                 : QByteArray();
}

std::vector<std::uint32_t> XObserver::numbers(xcb_window_t window, const char *name) const
{
    const QByteArray bytes = property(window, name);
    std::vector<std::uint32_t> values(static_cast<std::size_t>(bytes.size()) / 4);
    if (!values.empty()) {
        std::memcpy(values.data(), bytes.data(), values.size() * 4);
    }
    return values;
}

QString XObserver::typeAndFormat(xcb_window_t window, const char *name) const
{
    const auto reply = read(window, name);
    if (!reply || reply->type == XCB_NONE) {
        return {};
    }
    const XcbPtr<xcb_get_atom_name_reply_t> type(
        xcb_get_atom_name_reply(m_x, xcb_get_atom_name(m_x, reply->type), nullptr));
    return QString::fromLatin1(xcb_get_atom_name_name(type.get()), xcb_get_atom_name_name_length(type.get()))
        + QLatin1Char('/') + QString::number(reply->format);
}

void XObserver::collect(xcb_window_t window, int depth, std::vector<xcb_window_t> &found) const
{
    const XcbPtr<xcb_query_tree_reply_t> tree(xcb_query_tree_reply(m_x, xcb_query_tree(m_x, window), nullptr));
    if (!tree) {
        return;
    }
    const xcb_window_t *children = xcb_query_tree_children(tree.get());
    for (int i = 0; i < xcb_query_tree_children_length(tree.get()); ++i) {
        if (!property(children[i], "_QUBES_VMNAME").isEmpty()) {
            found.push_back(children[i]);
        } else if (depth > 0) {
            collect(children[i], depth - 1, found);
        }
    }
}

std::vector<xcb_window_t> XObserver::frames() const
{
    std::vector<xcb_window_t> found;
    collect(root(), 2, found);
    return found;
}

xcb_window_t XObserver::frameOf(std::uint32_t windowId, const QByteArray &qube) const
{
    for (const xcb_window_t frame : frames()) {
        if (numbers(frame, "_QUBES_VMWINDOWID") == std::vector{windowId}
            && (qube.isEmpty() || property(frame, "_QUBES_VMNAME") == qube)) {
            return frame;
        }
    }
    return XCB_NONE;
}

xcb_window_t XObserver::contentOf(xcb_window_t frame) const
{
    const XcbPtr<xcb_query_tree_reply_t> tree(xcb_query_tree_reply(m_x, xcb_query_tree(m_x, frame), nullptr));
    const int count = tree ? xcb_query_tree_children_length(tree.get()) : 0;
    return count == 0 ? XCB_NONE : xcb_query_tree_children(tree.get())[count - 1];
}

bool XObserver::isViewable(xcb_window_t window) const
{
    const XcbPtr<xcb_get_window_attributes_reply_t> reply(
        xcb_get_window_attributes_reply(m_x, xcb_get_window_attributes(m_x, window), nullptr));
    return reply && reply->map_state == XCB_MAP_STATE_VIEWABLE;
}

bool XObserver::isOverrideRedirect(xcb_window_t window) const
{
    const XcbPtr<xcb_get_window_attributes_reply_t> reply(
        xcb_get_window_attributes_reply(m_x, xcb_get_window_attributes(m_x, window), nullptr));
    return reply && reply->override_redirect != 0;
}

Rect XObserver::geometry(xcb_window_t window) const
{
    const auto place = xcb_translate_coordinates(m_x, window, root(), 0, 0);
    const auto size = xcb_get_geometry(m_x, window);
    const XcbPtr<xcb_translate_coordinates_reply_t> placeReply(xcb_translate_coordinates_reply(m_x, place, nullptr));
    const XcbPtr<xcb_get_geometry_reply_t> sizeReply(xcb_get_geometry_reply(m_x, size, nullptr));
    if (!placeReply || !sizeReply) {
        return {};
    }
    return {placeReply->dst_x, placeReply->dst_y, sizeReply->width, sizeReply->height};
}

std::vector<std::uint32_t> XObserver::pixels(const Rect &area) const
{
    const auto cookie = xcb_get_image(m_x,
                                      XCB_IMAGE_FORMAT_Z_PIXMAP,
                                      root(),
                                      static_cast<std::int16_t>(area.x),
                                      static_cast<std::int16_t>(area.y),
                                      static_cast<std::uint16_t>(area.width),
                                      static_cast<std::uint16_t>(area.height),
                                      0xFFFFFFFF);
    const XcbPtr<xcb_get_image_reply_t> reply(xcb_get_image_reply(m_x, cookie, nullptr));
    std::vector<std::uint32_t> values(std::size_t{area.width} * area.height, 0xFFFFFFFF);
    if (reply && static_cast<std::size_t>(xcb_get_image_data_length(reply.get())) >= values.size() * 4) {
        std::memcpy(values.data(), xcb_get_image_data(reply.get()), values.size() * 4);
        std::ranges::for_each(values, [](std::uint32_t &pixel) {
            pixel &= 0xFFFFFF;
        });
    }
    return values;
}

bool XObserver::isFilled(const Rect &area, std::uint32_t color) const
{
    return area.empty() || std::ranges::all_of(pixels(area), [&](std::uint32_t pixel) {
               return pixel == color;
           });
}

bool XObserver::isFramed(const Rect &frame, std::uint32_t border, std::uint32_t color) const
{
    const auto right = static_cast<std::int32_t>(frame.right() - border);
    const auto bottom = static_cast<std::int32_t>(frame.bottom() - border);
    return isFilled({frame.x, frame.y, frame.width, border}, color)
        && isFilled({frame.x, bottom, frame.width, border}, color)
        && isFilled({frame.x, frame.y, border, frame.height}, color)
        && isFilled({right, frame.y, border, frame.height}, color);
}

XcbWindow XObserver::cover(const Rect &area, const QByteArray &instance) const
{
    XcbWindow window(m_x, xcb_generate_id(m_x));
    const std::array<std::uint32_t, 2> values{0x123456, 1};
    xcb_create_window(m_x,
                      XCB_COPY_FROM_PARENT,
                      window.id(),
                      root(),
                      static_cast<std::int16_t>(area.x),
                      static_cast<std::int16_t>(area.y),
                      static_cast<std::uint16_t>(area.width),
                      static_cast<std::uint16_t>(area.height),
                      0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      m_screen->root_visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT,
                      values.data());
    if (!instance.isEmpty()) {
        const QByteArray both = instance + '\0' + instance + '\0';
        xcb_change_property(m_x,
                            XCB_PROP_MODE_REPLACE,
                            window.id(),
                            XCB_ATOM_WM_CLASS,
                            XCB_ATOM_STRING,
                            8,
                            static_cast<std::uint32_t>(both.size()),
                            both.constData());
    }
    xcb_map_window(m_x, window.id());
    sync();
    return window;
}

void XObserver::moveResize(xcb_window_t window, const Rect &to) const
{
    const std::array<std::uint32_t, 4> values{
        static_cast<std::uint32_t>(to.x), static_cast<std::uint32_t>(to.y), to.width, to.height};
    constexpr std::uint16_t all =
        XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT;
    xcb_configure_window(m_x, window, all, values.data());
    sync();
}

void XObserver::focus(xcb_window_t window) const
{
    xcb_set_input_focus(m_x, XCB_INPUT_FOCUS_PARENT, window, XCB_CURRENT_TIME);
    sync();
}

xcb_window_t XObserver::focused() const
{
    const XcbPtr<xcb_get_input_focus_reply_t> reply(xcb_get_input_focus_reply(m_x, xcb_get_input_focus(m_x), nullptr));
    return reply ? reply->focus : xcb_window_t{XCB_NONE};
}

void XObserver::reparent(xcb_window_t window, xcb_window_t parent) const
{
    xcb_reparent_window(m_x, window, parent, 0, 0);
    sync();
}

void XObserver::restack(xcb_window_t window, xcb_stack_mode_t mode) const
{
    const std::uint32_t value = mode;
    xcb_configure_window(m_x, window, XCB_CONFIG_WINDOW_STACK_MODE, &value);
    sync();
}

void XObserver::grabKeyboard() const
{
    const XcbPtr<xcb_grab_keyboard_reply_t> reply(xcb_grab_keyboard_reply(
        m_x, xcb_grab_keyboard(m_x, 0, root(), XCB_CURRENT_TIME, XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC), nullptr));
}

void XObserver::ungrabKeyboard() const
{
    xcb_ungrab_keyboard(m_x, XCB_CURRENT_TIME);
    sync();
}

void XObserver::watch(xcb_window_t window, std::uint32_t events) const
{
    xcb_change_window_attributes(m_x, window, XCB_CW_EVENT_MASK, &events);
    sync();
}

void XObserver::collectEvents()
{
    sync();
    while (auto *event = xcb_poll_for_event(m_x)) {
        m_events.emplace_back(event);
    }
}

std::vector<std::uint32_t> XObserver::clientMessages(const char *type)
{
    collectEvents();
    const xcb_atom_t wanted = atom(type);
    std::vector<std::uint32_t> found;
    for (const auto &event : m_events) {
        const auto &message = eventAs<xcb_client_message_event_t>(*event);
        if ((event->response_type & 0x7F) == XCB_CLIENT_MESSAGE && message.type == wanted) {
            found.push_back(message.data.data32[0]);
        }
    }
    return found;
}

std::size_t XObserver::changesOf(xcb_window_t window, const char *property)
{
    collectEvents();
    const xcb_atom_t wanted = atom(property);
    return static_cast<std::size_t>(std::ranges::count_if(m_events, [&](const auto &event) {
        const auto &change = eventAs<xcb_property_notify_event_t>(*event);
        return (event->response_type & 0x7F) == XCB_PROPERTY_NOTIFY && change.window == window && change.atom == wanted;
    }));
}

void XObserver::fake(std::uint8_t type, std::uint8_t detail, Point place) const
{
    xcb_test_fake_input(m_x,
                        type,
                        detail,
                        XCB_CURRENT_TIME,
                        root(),
                        static_cast<std::int16_t>(place.x),
                        static_cast<std::int16_t>(place.y),
                        0);
    sync();
}

void XObserver::pointAt(Point place) const
{
    fake(XCB_MOTION_NOTIFY, 0, place);
}

void XObserver::key(std::uint8_t keycode, bool pressed) const
{
    fake(pressed ? XCB_KEY_PRESS : XCB_KEY_RELEASE, keycode);
}

void XObserver::button(std::uint8_t button, bool pressed) const
{
    fake(pressed ? XCB_BUTTON_PRESS : XCB_BUTTON_RELEASE, button);
}

void XObserver::sendClientMessage(xcb_window_t window, const char *type, std::uint32_t first) const
{
    xcb_client_message_event_t event{};
    event.response_type = XCB_CLIENT_MESSAGE;
    event.format = 32;
    event.window = window;
    event.type = atom(type);
    event.data.data32[0] = first;
    event.data.data32[2] = window;
    std::array<char, 32> bytes{};
    std::memcpy(bytes.data(), &event, sizeof event);
    xcb_send_event(m_x, 0, window, 0, bytes.data());
    sync();
}

void XObserver::askWindowManager(xcb_window_t window, const char *type, const std::array<std::uint32_t, 5> &data) const
{
    xcb_client_message_event_t event{};
    event.response_type = XCB_CLIENT_MESSAGE;
    event.format = 32;
    event.window = window;
    event.type = atom(type);
    std::ranges::copy(data, std::begin(event.data.data32));
    std::array<char, 32> bytes{};
    std::memcpy(bytes.data(), &event, sizeof event);
    xcb_send_event(
        m_x, 0, root(), XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY, bytes.data());
    sync();
}

void XObserver::changeProperty(xcb_window_t window, const char *name, const std::vector<std::uint32_t> &values) const
{
    xcb_change_property(m_x,
                        XCB_PROP_MODE_REPLACE,
                        window,
                        atom(name),
                        XCB_ATOM_CARDINAL,
                        32,
                        static_cast<std::uint32_t>(values.size()),
                        values.data());
    sync();
}

void XObserver::changeAtoms(xcb_window_t window, const char *name, const std::vector<const char *> &values) const
{
    std::vector<xcb_atom_t> atoms;
    std::ranges::transform(values, std::back_inserter(atoms), [this](const char *value) {
        return atom(value);
    });
    xcb_change_property(m_x,
                        XCB_PROP_MODE_REPLACE,
                        window,
                        atom(name),
                        XCB_ATOM_ATOM,
                        32,
                        static_cast<std::uint32_t>(atoms.size()),
                        atoms.data());
    sync();
}

} // namespace Bulkhead::Test
