// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-daemon/labeldrawer.h"

#include "base/error.h"
#include "gui-daemon/screenhalf/x11/xcbhandles.h"
#include "tests/support/xcbevent.h"

#include <poll.h>

#include <array>
#include <cstring>
#include <string_view>

namespace Bulkhead::Test
{
namespace
{

using Screen::XcbPtr;

constexpr int PollMilliseconds = 10; // only the wish to end comes without an event

std::uint32_t labelOf(xcb_connection_t *x, xcb_window_t window)
{
    constexpr std::string_view name = "_QUBES_LABEL_COLOR";
    const XcbPtr<xcb_intern_atom_reply_t> atom(
        xcb_intern_atom_reply(x, xcb_intern_atom(x, 0, name.size(), name.data()), nullptr));
    const XcbPtr<xcb_get_property_reply_t> reply(
        xcb_get_property_reply(x, xcb_get_property(x, 0, window, atom->atom, XCB_ATOM_CARDINAL, 0, 1), nullptr));
    std::uint32_t color = 0;
    if (reply && xcb_get_property_value_length(reply.get()) == sizeof color) {
        std::memcpy(&color, xcb_get_property_value(reply.get()), sizeof color);
    }
    return color;
}

} // namespace

LabelDrawer::LabelDrawer()
    : m_x(xcb_connect(nullptr, nullptr))
    , m_screen(xcb_setup_roots_iterator(xcb_get_setup(m_x)).data)
{
    const std::uint32_t events = XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY;
    const XcbPtr<xcb_generic_error_t> error(
        xcb_request_check(m_x, xcb_change_window_attributes_checked(m_x, m_screen->root, XCB_CW_EVENT_MASK, &events)));
    BH_ASSERT(error == nullptr); // another window manager is there
    m_thread = std::jthread([this](const std::stop_token &stop) {
        run(stop);
    });
}

LabelDrawer::~LabelDrawer()
{
    m_thread.request_stop();
    m_thread.join();
    xcb_disconnect(m_x);
}

void LabelDrawer::run(const std::stop_token &stop)
{
    pollfd descriptor{.fd = xcb_get_file_descriptor(m_x), .events = POLLIN, .revents = 0};
    while (!stop.stop_requested()) {
        while (const XcbPtr<xcb_generic_event_t> event{xcb_poll_for_event(m_x)}) {
            handle(*event);
            xcb_flush(m_x);
        }
        (void)poll(&descriptor, 1, PollMilliseconds);
    }
}

void LabelDrawer::handle(const xcb_generic_event_t &event)
{
    switch (event.response_type & 0x7F) {
    case XCB_MAP_REQUEST:
        decorate(eventAs<xcb_map_request_event_t>(event).window);
        break;
    case XCB_CONFIGURE_REQUEST:
        configure(eventAs<xcb_configure_request_event_t>(event));
        break;
    default:
        break;
    }
}

void LabelDrawer::decorate(xcb_window_t window)
{
    const XcbPtr<xcb_get_geometry_reply_t> place(xcb_get_geometry_reply(m_x, xcb_get_geometry(m_x, window), nullptr));
    if (!place || m_decorations.contains(window)) {
        return;
    }
    const xcb_window_t decoration = xcb_generate_id(m_x);
    const std::array<std::uint32_t, 2> values{
        labelOf(m_x, window), XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY};
    xcb_create_window(m_x,
                      XCB_COPY_FROM_PARENT,
                      decoration,
                      m_screen->root,
                      place->x,
                      place->y,
                      static_cast<std::uint16_t>(place->width + 2 * Border),
                      static_cast<std::uint16_t>(place->height + 2 * Border),
                      0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      m_screen->root_visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_EVENT_MASK,
                      values.data());
    xcb_reparent_window(m_x, window, decoration, Border, Border);
    xcb_map_window(m_x, window);
    xcb_map_window(m_x, decoration);
    m_decorations.emplace(window, decoration);
}

void LabelDrawer::configure(const xcb_configure_request_event_t &request)
{
    const std::array<std::uint32_t, 2> size{request.width, request.height};
    xcb_configure_window(m_x, request.window, XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, size.data());
    const auto decoration = m_decorations.find(request.window);
    if (decoration != m_decorations.end()) {
        const std::array<std::uint32_t, 2> outer{request.width + 2 * Border, request.height + 2 * Border};
        xcb_configure_window(m_x, decoration->second, XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, outer.data());
    }
}

} // namespace Bulkhead::Test
