// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/dom0/qubeframes.h"

#include "base/qubename.h"

#include <ranges>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead::Drag
{

namespace
{

/// A window manager's frame, a wrapper inside, and the window that it decorates.
constexpr int MostDepth = 3;
constexpr std::uint32_t XdndVersion = 5;
constexpr std::uint16_t AnyButton =
    XCB_BUTTON_MASK_1 | XCB_BUTTON_MASK_2 | XCB_BUTTON_MASK_3 | XCB_BUTTON_MASK_4 | XCB_BUTTON_MASK_5;

/// The windows of one level, each asked at once whose it is and what is in it.
struct Question {
    xcb_window_t window;
    xcb_get_property_cookie_t name;
    xcb_query_tree_cookie_t tree;
};

bool isQubes(const xcb_get_property_reply_t *reply)
{
    if (reply == nullptr || reply->format != 8) {
        return false;
    }
    const auto *const text = static_cast<const char *>(xcb_get_property_value(reply));
    return QubeName::parse(std::string_view(text, reply->value_len)).has_value();
}

void speakFor(const Display &display, xcb_window_t window)
{
    const xcb_window_t ours = display.window();
    xcb_change_property(
        display.xcb(), XCB_PROP_MODE_REPLACE, window, display[AtomId::XdndAware], XCB_ATOM_ATOM, 32, 1, &XdndVersion);
    xcb_change_property(
        display.xcb(), XCB_PROP_MODE_REPLACE, window, display[AtomId::XdndProxy], XCB_ATOM_WINDOW, 32, 1, &ours);
}

} // namespace

bool proxyQubeFrames(const Display &display)
{
    xcb_connection_t *const x = display.xcb();
    speakFor(display, display.window()); // as the protocol wants it of a window that speaks for others
    std::vector<xcb_window_t> level{display.root()};
    for (int depth = 0; depth <= MostDepth + 1 && !level.empty(); ++depth) {
        std::vector<Question> questions;
        questions.reserve(level.size());
        for (const xcb_window_t window : level) {
            questions.push_back(
                {.window = window,
                 .name = xcb_get_property(
                     x, 0, window, display[AtomId::QubeName], XCB_ATOM_STRING, 0, QubeName::MaxLength / 4 + 1),
                 .tree = xcb_query_tree(x, window)});
        }
        level.clear();
        for (const Question &question : questions) {
            const XcbPtr<xcb_get_property_reply_t> name(xcb_get_property_reply(x, question.name, nullptr));
            const XcbPtr<xcb_query_tree_reply_t> tree(xcb_query_tree_reply(x, question.tree, nullptr));
            if (isQubes(name.get())) {
                speakFor(display, question.window); // and look no deeper: what is in it is the qube's
            } else if (tree != nullptr) {
                const std::span children(xcb_query_tree_children(tree.get()), tree->children_len);
                level.insert(level.end(), children.begin(), children.end());
            }
        }
    }
    display.flush();
    return !display.isBroken();
}

void watchFrames(const Display &display, bool isWatching)
{
    const std::uint32_t events = isWatching ? XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY : XCB_EVENT_MASK_NO_EVENT;
    xcb_change_window_attributes(display.xcb(), display.root(), XCB_CW_EVENT_MASK, &events);
    display.flush();
}

bool mayShowFrame(const xcb_generic_event_t &event)
{
    const auto type = event.response_type & EventTypeMask;
    return type == XCB_MAP_NOTIFY || type == XCB_REPARENT_NOTIFY;
}

bool isButtonDown(const Display &display)
{
    const XcbPtr<xcb_query_pointer_reply_t> pointer(
        xcb_query_pointer_reply(display.xcb(), xcb_query_pointer(display.xcb(), display.root()), nullptr));
    return pointer != nullptr && (pointer->mask & AnyButton) != 0;
}

} // namespace Bulkhead::Drag
