// SPDX-License-Identifier: GPL-2.0-or-later
// A program for a qube in the scenarios: a hand on its clipboard.
//   bulkhead-test-selection own TITLE TEXT     a window that owns CLIPBOARD with this text; @N: N times the letter x
//   bulkhead-test-selection get CLIPBOARD      prints the text of the selection; status 1 if nobody owns it
#include "base/malloced.h"
#include "base/number.h"

#include <xcb/xcb.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace
{

struct Disconnect {
    void operator()(xcb_connection_t *connection) const noexcept
    {
        xcb_disconnect(connection);
    }
};

using Connection = std::unique_ptr<xcb_connection_t, Disconnect>;
using Event = Bulkhead::Malloced<xcb_generic_event_t>;

xcb_atom_t atom(xcb_connection_t *x, std::string_view name)
{
    const Bulkhead::Malloced<xcb_intern_atom_reply_t> reply(
        xcb_intern_atom_reply(x, xcb_intern_atom(x, 0, static_cast<std::uint16_t>(name.size()), name.data()), nullptr));
    return reply == nullptr ? xcb_atom_t{XCB_ATOM_NONE} : reply->atom;
}

xcb_window_t makeWindow(xcb_connection_t *x, std::string_view title)
{
    const xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(x)).data;
    const xcb_window_t window = xcb_generate_id(x);
    const std::array<std::uint32_t, 2> values{screen->white_pixel, XCB_EVENT_MASK_KEY_PRESS};
    xcb_create_window(x,
                      XCB_COPY_FROM_PARENT,
                      window,
                      screen->root,
                      50,
                      50,
                      200,
                      100,
                      0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      screen->root_visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_EVENT_MASK,
                      values.data());
    xcb_change_property(x,
                        XCB_PROP_MODE_REPLACE,
                        window,
                        atom(x, "_NET_WM_NAME"),
                        atom(x, "UTF8_STRING"),
                        8,
                        static_cast<std::uint32_t>(title.size()),
                        title.data());
    return window;
}

void serve(xcb_connection_t *x, const xcb_selection_request_event_t &request, std::string_view text)
{
    const xcb_atom_t utf8 = atom(x, "UTF8_STRING");
    const xcb_atom_t targets = atom(x, "TARGETS");
    const xcb_atom_t property = request.property != XCB_ATOM_NONE ? request.property : request.target;
    xcb_selection_notify_event_t notify{};
    notify.response_type = XCB_SELECTION_NOTIFY;
    notify.time = request.time;
    notify.requestor = request.requestor;
    notify.selection = request.selection;
    notify.target = request.target;
    notify.property = property;
    if (request.target == targets) {
        const std::array<xcb_atom_t, 2> offered{targets, utf8};
        xcb_change_property(
            x, XCB_PROP_MODE_REPLACE, request.requestor, property, XCB_ATOM_ATOM, 32, 2, offered.data());
    } else if (request.target == utf8) {
        xcb_change_property(x,
                            XCB_PROP_MODE_REPLACE,
                            request.requestor,
                            property,
                            utf8,
                            8,
                            static_cast<std::uint32_t>(text.size()),
                            text.data());
    } else {
        notify.property = XCB_ATOM_NONE;
    }
    std::array<char, 32> bytes{}; // what is sent of any event
    std::memcpy(bytes.data(), &notify, sizeof notify);
    xcb_send_event(x, 0, request.requestor, XCB_EVENT_MASK_NO_EVENT, bytes.data());
    xcb_flush(x);
}

int own(xcb_connection_t *x, std::string_view title, std::string text)
{
    if (text.starts_with('@')) {
        if (const auto count = Bulkhead::numberIn<std::size_t>(std::string_view(text).substr(1))) {
            text.assign(*count, 'x');
        }
    }
    const xcb_window_t window = makeWindow(x, title);
    xcb_set_selection_owner(x, window, atom(x, "CLIPBOARD"), XCB_CURRENT_TIME);
    xcb_map_window(x, window);
    xcb_flush(x);
    while (const Event event{xcb_wait_for_event(x)}) {
        if ((event->response_type & 0x7F) == XCB_SELECTION_REQUEST) {
            xcb_selection_request_event_t request{};
            std::memcpy(&request, event.get(), sizeof request);
            serve(x, request, text);
        }
    }
    return EXIT_FAILURE;
}

int get(xcb_connection_t *x, std::string_view selection)
{
    const xcb_window_t window = makeWindow(x, "get");
    const xcb_atom_t property = atom(x, "BULKHEAD_TEST");
    xcb_convert_selection(x, window, atom(x, selection), atom(x, "UTF8_STRING"), property, XCB_CURRENT_TIME);
    xcb_flush(x);
    while (const Event event{xcb_wait_for_event(x)}) {
        if ((event->response_type & 0x7F) != XCB_SELECTION_NOTIFY) {
            continue;
        }
        xcb_selection_notify_event_t notify{};
        std::memcpy(&notify, event.get(), sizeof notify);
        if (notify.property == XCB_ATOM_NONE) {
            return EXIT_FAILURE;
        }
        constexpr std::uint32_t mostWords = 1U << 20U;
        const Bulkhead::Malloced<xcb_get_property_reply_t> reply(xcb_get_property_reply(
            x, xcb_get_property(x, 0, window, property, XCB_GET_PROPERTY_TYPE_ANY, 0, mostWords), nullptr));
        if (reply == nullptr) {
            return EXIT_FAILURE;
        }
        const auto size = static_cast<std::size_t>(xcb_get_property_value_length(reply.get()));
        const bool written = std::fwrite(xcb_get_property_value(reply.get()), 1, size, stdout) == size;
        return written && std::fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return EXIT_FAILURE;
}

} // namespace

int main(int argc, char **argv)
{
    const std::string_view deed = argc > 1 ? argv[1] : "";
    if ((deed != "own" || argc != 4) && (deed != "get" || argc != 3)) {
        (void)std::fputs("usage: bulkhead-test-selection own TITLE TEXT | get SELECTION\n", stderr);
        return 2;
    }
    const Connection x(xcb_connect(nullptr, nullptr));
    if (xcb_connection_has_error(x.get()) != 0) {
        return EXIT_FAILURE;
    }
    return deed == "own" ? own(x.get(), argv[2], argv[3]) : get(x.get(), argv[2]);
}
