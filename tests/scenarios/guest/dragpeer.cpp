// SPDX-License-Identifier: GPL-2.0-or-later
// A program for a qube in the scenarios: one end of a drag of the XDND protocol, version 5.
//   bulkhead-test-drag source TITLE X Y W H URI...   a drag of these begins when the pointer moves with the button
//   held;
//                                                    silent: the selection is taken, but no list is given (URI "-")
//   bulkhead-test-drag claim                         takes the selection of drags for a moment, without a hand
//   bulkhead-test-drag target TITLE X Y W H          takes what is dropped; every message and the list go to standard
//                                                    output, and so do the pointer's comings and goings
#include "base/malloced.h"
#include "base/number.h"

#include <xcb/xcb.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
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

template<typename T> T as(const xcb_generic_event_t &event)
{
    T typed{};
    std::memcpy(&typed, &event, sizeof typed);
    return typed;
}

xcb_atom_t atom(xcb_connection_t *x, std::string_view name)
{
    const Bulkhead::Malloced<xcb_intern_atom_reply_t> reply(
        xcb_intern_atom_reply(x, xcb_intern_atom(x, 0, static_cast<std::uint16_t>(name.size()), name.data()), nullptr));
    return reply == nullptr ? xcb_atom_t{XCB_ATOM_NONE} : reply->atom;
}

std::int16_t number(const char *text)
{
    return Bulkhead::numberIn<std::int16_t>(text).value_or(0);
}

xcb_window_t makeWindow(xcb_connection_t *x, std::span<char *> words, std::uint32_t color)
{
    const xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(x)).data;
    const xcb_window_t window = xcb_generate_id(x);
    const std::array<std::uint32_t, 2> values{color,
                                              XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE
                                                  | XCB_EVENT_MASK_POINTER_MOTION | XCB_EVENT_MASK_ENTER_WINDOW
                                                  | XCB_EVENT_MASK_LEAVE_WINDOW};
    xcb_create_window(x,
                      XCB_COPY_FROM_PARENT,
                      window,
                      screen->root,
                      number(words[1]),
                      number(words[2]),
                      static_cast<std::uint16_t>(number(words[3])),
                      static_cast<std::uint16_t>(number(words[4])),
                      0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      screen->root_visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_EVENT_MASK,
                      values.data());
    const std::string_view title = words[0];
    xcb_change_property(x,
                        XCB_PROP_MODE_REPLACE,
                        window,
                        atom(x, "_NET_WM_NAME"),
                        atom(x, "UTF8_STRING"),
                        8,
                        static_cast<std::uint32_t>(title.size()),
                        title.data());
    // A position of the person's own: window managers keep it.
    std::array<std::uint32_t, 18> hints{};
    hints[0] = 1;
    xcb_change_property(x,
                        XCB_PROP_MODE_REPLACE,
                        window,
                        XCB_ATOM_WM_NORMAL_HINTS,
                        XCB_ATOM_WM_SIZE_HINTS,
                        32,
                        hints.size(),
                        hints.data());
    xcb_map_window(x, window);
    xcb_flush(x);
    return window;
}

void say(std::string_view words)
{
    (void)std::fwrite(words.data(), 1, words.size(), stdout);
    (void)std::fputc('\n', stdout);
    (void)std::fflush(stdout);
}

void send(xcb_connection_t *x, xcb_window_t to, const void *event)
{
    std::array<char, 32> bytes{}; // what is sent of any event
    std::memcpy(bytes.data(), event, bytes.size());
    xcb_send_event(x, 0, to, XCB_EVENT_MASK_NO_EVENT, bytes.data());
    xcb_flush(x);
}

// --- the source ------------------------------------------------------------------------------------------------------

void serve(xcb_connection_t *x, const xcb_selection_request_event_t &request, const std::string &list)
{
    xcb_selection_notify_event_t notify{};
    notify.response_type = XCB_SELECTION_NOTIFY;
    notify.time = request.time;
    notify.requestor = request.requestor;
    notify.selection = request.selection;
    notify.target = request.target;
    notify.property = request.target == atom(x, "text/uri-list") ? request.property : xcb_atom_t{XCB_ATOM_NONE};
    if (notify.property != XCB_ATOM_NONE) {
        xcb_change_property(x,
                            XCB_PROP_MODE_REPLACE,
                            request.requestor,
                            request.property,
                            request.target,
                            8,
                            static_cast<std::uint32_t>(list.size()),
                            list.data());
    }
    std::array<char, 32> bytes{};
    std::memcpy(bytes.data(), &notify, sizeof notify);
    send(x, request.requestor, bytes.data());
    say("asked");
}

int source(xcb_connection_t *x, std::span<char *> words)
{
    std::string list;
    for (const char *uri : words.subspan(5)) {
        list += std::string(uri) + "\r\n";
    }
    const bool isSilent = list == "-\r\n";
    const xcb_window_t window = makeWindow(x, words.first(5), 0xD0E0F0);
    const xcb_atom_t selection = atom(x, "XdndSelection");
    bool isDown = false;
    bool isDragging = false;
    while (const Event event{xcb_wait_for_event(x)}) {
        switch (event->response_type & 0x7F) {
        case XCB_BUTTON_PRESS:
            isDown = true;
            break;
        case XCB_MOTION_NOTIFY:
            if (isDragging) {
                say("moves");
            } else if (isDown) {
                isDragging = true;
                xcb_set_selection_owner(x, window, selection, as<xcb_motion_notify_event_t>(*event).time);
                xcb_flush(x);
                say("drags");
            }
            break;
        case XCB_BUTTON_RELEASE: // over nothing: the drag is over, and so is what it offered
            isDown = isDragging = false;
            xcb_set_selection_owner(x, XCB_WINDOW_NONE, selection, XCB_CURRENT_TIME);
            xcb_flush(x);
            say("released");
            break;
        case XCB_LEAVE_NOTIFY:
            say("left");
            break;
        case XCB_SELECTION_REQUEST:
            if (!isSilent) {
                serve(x, as<xcb_selection_request_event_t>(*event), list);
            }
            break;
        default:
            break;
        }
    }
    return EXIT_FAILURE;
}

int claim(xcb_connection_t *x)
{
    const xcb_window_t window = xcb_generate_id(x);
    const xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(x)).data;
    xcb_create_window(x, 0, window, screen->root, 0, 0, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, 0, 0, nullptr);
    xcb_set_selection_owner(x, window, atom(x, "XdndSelection"), XCB_CURRENT_TIME);
    return atom(x, "XdndAware") == XCB_ATOM_NONE ? EXIT_FAILURE : EXIT_SUCCESS; // the server has done it by then
}

// --- the target ------------------------------------------------------------------------------------------------------

void answer(xcb_connection_t *x, const xcb_client_message_event_t &message, xcb_window_t us, std::string_view type)
{
    xcb_client_message_event_t reply{};
    reply.response_type = XCB_CLIENT_MESSAGE;
    reply.format = 32;
    reply.window = message.data.data32[0];
    reply.type = atom(x, type);
    reply.data.data32[0] = us;
    reply.data.data32[1] = 1;
    reply.data.data32[type == "XdndStatus" ? 4 : 2] = atom(x, "XdndActionCopy");
    send(x, message.data.data32[0], &reply);
}

void printList(xcb_connection_t *x, xcb_window_t window, xcb_atom_t property)
{
    const Bulkhead::Malloced<xcb_get_property_reply_t> reply(xcb_get_property_reply(
        x, xcb_get_property(x, 1, window, property, XCB_GET_PROPERTY_TYPE_ANY, 0, 1U << 20U), nullptr));
    if (reply == nullptr) {
        return;
    }
    const std::string_view text(static_cast<const char *>(xcb_get_property_value(reply.get())),
                                static_cast<std::size_t>(xcb_get_property_value_length(reply.get())));
    (void)std::fwrite(text.data(), 1, text.size(), stdout);
    say("end");
}

int target(xcb_connection_t *x, std::span<char *> words)
{
    const xcb_window_t window = makeWindow(x, words.first(5), 0xF0E0D0);
    const std::uint32_t version = 5;
    xcb_change_property(x, XCB_PROP_MODE_REPLACE, window, atom(x, "XdndAware"), XCB_ATOM_ATOM, 32, 1, &version);
    const xcb_atom_t property = atom(x, "BULKHEAD_TEST");
    xcb_client_message_event_t drop{};
    while (const Event event{xcb_wait_for_event(x)}) {
        switch (event->response_type & 0x7F) {
        case XCB_ENTER_NOTIFY:
            say("pointer");
            break;
        case XCB_CLIENT_MESSAGE: {
            const auto message = as<xcb_client_message_event_t>(*event);
            if (message.type == atom(x, "XdndEnter")) {
                say("enter");
            } else if (message.type == atom(x, "XdndPosition")) {
                say("position");
                answer(x, message, window, "XdndStatus");
            } else if (message.type == atom(x, "XdndDrop")) {
                say("drop");
                drop = message;
                xcb_convert_selection(
                    x, window, atom(x, "XdndSelection"), atom(x, "text/uri-list"), property, message.data.data32[2]);
                xcb_flush(x);
            }
            break;
        }
        case XCB_SELECTION_NOTIFY:
            printList(x, window, property);
            answer(x, drop, window, "XdndFinished");
            break;
        default:
            break;
        }
    }
    return EXIT_FAILURE;
}

} // namespace

int main(int argc, char **argv)
{
    const std::span<char *> words(argv, static_cast<std::size_t>(argc));
    const std::string_view deed = argc > 1 ? argv[1] : "";
    if (deed != "claim" && (deed != "source" || argc < 8) && (deed != "target" || argc != 7)) {
        (void)std::fputs("usage: bulkhead-test-drag source TITLE X Y W H URI... | target TITLE X Y W H | claim\n",
                         stderr);
        return 2;
    }
    const Connection x(xcb_connect(nullptr, nullptr));
    if (xcb_connection_has_error(x.get()) != 0) {
        return EXIT_FAILURE;
    }
    if (deed == "claim") {
        return claim(x.get());
    }
    return deed == "source" ? source(x.get(), words.subspan(2)) : target(x.get(), words.subspan(2));
}
